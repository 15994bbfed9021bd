// Panels that nobody needs in the first second: a file of their own, fetched after the click, so that the page is small before it.

export { Adoptions } from './adoptions.tsx'
export { CreditPanel } from './credit-panel.tsx'
export { EventLog } from './event-log.tsx'
export { ExperimentPanel } from './experiment-panel.tsx'
export { FeedPanel } from './feed-panel.tsx'
export { FitnessChart } from './fitness-chart.tsx'
export { GovernancePanel } from './governance-panel.tsx'
export { MeshPanel } from './mesh-panel.tsx'
export { OwnPanels } from './own-panels.tsx'
export { RealmsPanel } from './realms-panel.tsx'
export { Refusals } from './refusals.tsx'
export { SettingsPanel } from './settings-panel.tsx'
