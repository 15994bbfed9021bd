// Panels that nobody needs in the first second: a file of their own, fetched after the click, so that the page is small before it.

export { CreditPanel } from './credit-panel.tsx'
export { ExperimentPanel } from './experiment-panel.tsx'
export { GovernancePanel } from './governance-panel.tsx'
export { OwnPanels } from './own-panels.tsx'
export { RealmsPanel } from './realms-panel.tsx'
export { SettingsPanel } from './settings-panel.tsx'
