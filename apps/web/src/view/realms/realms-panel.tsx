// Which realms this island is in, which one the page shows, and which others its relay offers.

import type { Command, RealmView } from '@megabrain/island'
import { relayNotice, type RealmNotice } from '@megabrain/mesh/relay-notice'
import { count, plural } from '../../words/format.ts'
import { taskTitle } from '../../words/tasks.ts'
import { Panel } from '../panel.tsx'

interface RealmsPanelProps {
  readonly realms: readonly RealmView[]
  /** Id of the one that the page shows. */
  readonly shown: string | undefined
  readonly offered: readonly RealmNotice[]
  readonly command: (command: Command) => void
}

export function RealmsPanel({ realms, shown, offered, command }: RealmsPanelProps) {
  const others = offered.filter(({ id }) => !realms.some((realm) => realm.id === id))
  return (
    <Panel title="Realms" area="realms" note={realms.length > 1 ? `the duty is shared by ${realms.length}` : undefined}>
      <ul className="realms">
        {realms.map((realm, index) => (
          <li key={realm.id} data-testid="realm" data-id={realm.id} data-name={realm.name} data-shown={realm.id === shown}>
            <b>{realm.name}</b>
            <span>
              {taskTitle(realm.task)}, best {count(realm.bestInMesh)}, {plural(realm.neighbours, 'member')} connected
            </span>
            {realm.id === shown ? (
              <em>shown here</em>
            ) : (
              <button type="button" className="button button-small" data-testid="show-realm" onClick={() => command({ kind: 'focus', realm: realm.id })}>
                Show
              </button>
            )}
            {index === 0 ? null : (
              <button type="button" className="button button-small" data-testid="leave-realm" onClick={() => command({ kind: 'leave', realm: realm.id })}>
                Leave
              </button>
            )}
          </li>
        ))}
        {others.map((realm) => (
          <li key={realm.id} data-testid="realm-offer" data-id={realm.id} data-name={realm.name}>
            <b>{realm.name}</b>
            <span>{plural(realm.tasks.length, 'task')}, offered by this relay</span>
            <button type="button" className="button button-small" data-testid="join-realm" onClick={() => command({ kind: 'join', document: realm.policy })}>
              Join
            </button>
          </li>
        ))}
      </ul>
      <p className="quiet">
        A realm is a policy that its owner signed: tasks, limits, licence, moderators. Nothing crosses from one to another, not even your
        standing.
      </p>
      {relayNotice(document)?.embed === undefined ? null : (
        <p className="quiet">
          Have a site of your own? Let its readers lend their idle time: <a href="./embed/" data-testid="for-sites">lines to copy</a>.
        </p>
      )}
    </Panel>
  )
}
