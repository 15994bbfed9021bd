// In which view of the page a person finds what: everything that is not in the first one. `Visitor` goes there before it looks.

const places = {
  evolution: ['evolution-chart'],
  mesh: ['kept-here', 'leaving', 'low-data', 'mesh', 'mesh-neighbour', 'refusal', 'relay', 'traffic'],
  genotypes: ['ban-author', 'ban-lineage', 'feed-entry', 'pin'],
  realms: ['accept-terms', 'ban', 'for-sites', 'join-realm', 'leave-realm', 'coordinator', 'lift-ban', 'model', 'policy', 'realm', 'realm-offer', 'reputation', 'round', 'show-realm'],
  laboratory: ['experiment', 'experiment-file'],
  settings: [
    'appearance', 'ask-machines', 'author', 'battery', 'daily-minutes', 'donation-state', 'duty-set', 'energy', 'erase-data', 'erase-really', 'export-data', 'finish', 'forget-words', 'give-way', 'hidden', 'identity-said', 'keep',
    'keep-owner', 'keeping', 'language', 'link-machine', 'link-now', 'link-words', 'load-identity', 'machine', 'machine-name', 'machines', 'owner-words', 'paste-relay',
    'preset', 'region', 'relay-only', 'relay-said', 'reload', 'revoke-machine', 'save-identity', 'schedule', 'schedule-day', 'schedule-hour', 'show-words', 'snooze', 'undo', 'update',
    'use-relay', 'watts', 'words', 'workers',
  ],
} as const

/** Shown by every view. */
const everywhere = ['phase', 'pause', 'resume', 'start', 'stop', 'consent', 'consent-accept', 'insecure']

/** The name of the view that shows elements with this test id; undefined where any does. */
export function viewOf(testId: string): string | undefined {
  if (everywhere.includes(testId)) return undefined
  return Object.entries(places).find(([, ids]) => (ids as readonly string[]).includes(testId))?.[0] ?? 'donate'
}
