// Who decides in the realm that is shown: its terms, its bans, and whose claims did not hold.

import type { Command, GovernanceView } from '@megabrain/island'
import { memo, useState } from 'react'
import { plural, shortKey, timeOfDay } from '../../words/format.ts'
import { banSentence, barredSentence, publishSentence } from '../../words/governance.ts'
import { Panel } from '../panel.tsx'

interface GovernancePanelProps {
  readonly governance: GovernanceView | undefined
  readonly command: (command: Command) => void
}

export const GovernancePanel = memo(function GovernancePanel({ governance, command }: GovernancePanelProps) {
  if (governance === undefined) return null
  const { policy, bans, signatories, reputations } = governance
  const barred = barredSentence(policy)
  const standing = bans.filter(({ stands }) => stands)
  return (
    <Panel title="Who decides here" area="governance" note={policy.isModerator ? 'you are a moderator' : undefined}>
      <p data-testid="policy" data-barred={policy.barred ?? ''}>
        {publishSentence(policy)} {policy.realm.moderators.length === 0 ? 'Nobody moderates.' : `${plural(policy.realm.moderators.length, 'moderator')}.`}{' '}
        Licence {policy.realm.license}.
      </p>
      {barred === undefined ? null : <p role="status">{barred}</p>}
      {policy.needsAcceptance ? <Terms governance={governance} command={command} /> : null}
      {signatories.length === 0 ? null : <p className="quiet">Accepted by {plural(signatories.length, 'author')}.</p>}
      <h3>Bans</h3>
      {standing.length === 0 ? (
        <p className="empty">None.</p>
      ) : (
        <ul className="realms">
          {standing.map((ban) => (
            <li key={JSON.stringify(ban.target)} data-testid="ban" data-target={ban.target.of === 'author' ? ban.target.author : ban.target.cid}>
              <span>{banSentence(ban)}</span>
              {policy.isModerator ? (
                <button
                  type="button"
                  className="button button-small"
                  data-testid="lift-ban"
                  onClick={() => command({ kind: 'ban', target: ban.target, reason: ban.reason, lifted: true })}
                >
                  Lift
                </button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      <h3>Claims that did not hold</h3>
      {reputations.length === 0 ? (
        <p className="empty">Every author’s claims have held so far.</p>
      ) : (
        <ul className="realms">
          {reputations.map(({ author, strikes, bannedUntil }) => (
            <li key={author} data-testid="reputation" data-author={author} data-strikes={strikes} data-paused={bannedUntil > 0}>
              <code title={author}>{shortKey(author)}</code>
              <span>
                {plural(strikes, 'strike')}
                {bannedUntil > 0 ? `, not listened to until ${timeOfDay(bannedUntil)}` : ''}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
})

function Terms({ governance: { policy }, command }: { readonly governance: GovernanceView; readonly command: (command: Command) => void }) {
  const [pledged, setPledged] = useState(false)
  const { realm, accepted } = policy
  if (accepted?.isCurrent === true) return <p className="quiet">You have accepted the terms.</p>
  return (
    <div className="terms">
      {realm.terms === '' ? null : <blockquote>{realm.terms}</blockquote>}
      {realm.pledge === '' ? null : (
        <label className="setting-check">
          <input type="checkbox" checked={pledged} onChange={(event) => setPledged(event.target.checked)} />
          <span>
            {realm.pledge}
            <small>a pledge, if you like</small>
          </span>
        </label>
      )}
      <button type="button" className="button" data-testid="accept-terms" onClick={() => command({ kind: 'accept-terms', pledged })}>
        Accept and sign
      </button>
    </div>
  )
}
