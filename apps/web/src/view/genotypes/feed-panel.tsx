// The best verified results of the task in this realm, by whomever; moderators can ban from here.

import type { Command, FeedEntry } from '@megabrain/island'
import { memo } from 'react'
import { count, shortId, shortKey } from '../../words/format.ts'
import { CopyButton } from '../copy-button.tsx'
import { Panel } from '../panel.tsx'

interface FeedPanelProps {
  readonly feed: readonly FeedEntry[]
  readonly author: string | undefined
  readonly isModerator: boolean
  readonly command: (command: Command) => void
}

type BanCommand = Extract<Command, { readonly kind: 'ban' }>

/** Mean fitness of the audits, and what was lost from the public episodes to them. */
function auditWords({ rank }: FeedEntry): string {
  if (rank === undefined) return '–'
  const lost = Math.round(100 * rank.brittleness)
  return `${count(Math.round(rank.fitness))}${lost === 0 ? '' : `, ${lost} % less`}`
}

export const FeedPanel = memo(function FeedPanel({ feed, author, isModerator, command }: FeedPanelProps) {
  const ban = (target: BanCommand['target']): void => command({ kind: 'ban', target, reason: 'by a moderator, from the page', lifted: false })
  const isAudited = feed.some(({ rank }) => rank !== undefined)
  return (
    <Panel title="Verified in this realm" area="feed" note={feed.length === 0 ? undefined : 'the best of each kind'}>
      {feed.length === 0 ? (
        <p className="empty">Nothing has been verified for this task yet.</p>
      ) : (
        <div className="scroll" role="region" aria-label="Verified results, the fittest first" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Fitness</th>
                {isAudited ? <th scope="col">Elsewhere</th> : null}
                <th scope="col">Genotype</th>
                <th scope="col">Links</th>
                <th scope="col">Author</th>
                <th scope="col">Keep</th>
                {isModerator ? <th scope="col">Ban</th> : null}
              </tr>
            </thead>
            <tbody>
              {feed.map((entry) => (
                <tr key={entry.cid} data-testid="feed-entry" data-cid={entry.cid} data-author={entry.author}>
                  <td>{count(entry.fitness)}</td>
                  {isAudited ? <td title="Mean of episodes that nobody could prepare for, and how much is lost there">{auditWords(entry)}</td> : null}
                  <td>
                    <CopyButton text={entry.cid} short={shortId(entry.cid)} what="genotype CID" />
                  </td>
                  <td>{count(entry.links)}</td>
                  <td>{entry.author === author ? 'you' : <code title={entry.author}>{shortKey(entry.author)}</code>}</td>
                  <td>
                    <input
                      type="checkbox"
                      data-testid="pin"
                      aria-label={`Keep ${shortId(entry.cid)} in this browser`}
                      checked={entry.pinned}
                      onChange={(event) => command({ kind: 'pin', cid: entry.cid, isPinned: event.target.checked })}
                    />
                  </td>
                  {isModerator ? (
                    <td>
                      <button type="button" className="button button-small" data-testid="ban-lineage" onClick={() => ban({ of: 'lineage', cid: entry.cid })}>
                        Lineage
                      </button>{' '}
                      <button type="button" className="button button-small" data-testid="ban-author" onClick={() => ban({ of: 'author', author: entry.author })}>
                        Author
                      </button>
                    </td>
                  ) : null}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  )
})
