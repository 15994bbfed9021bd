// Strangers' champions that live on here: who found them, from which genotype, and through whom they came.

import type { Adoption } from '@megabrain/island'
import { memo } from 'react'
import { count, shortId, shortKey, timeOfDay } from '../../words/format.ts'
import { taskTitle } from '../../words/tasks.ts'
import { t } from '../../words/translate.ts'
import { CopyButton } from '../copy-button.tsx'
import { Panel } from '../panel.tsx'

const SHOWN = 40

export const Adoptions = memo(function Adoptions({ adoptions }: { readonly adoptions: readonly Adoption[] }) {
  return (
    <Panel title={t('donate.adoptions.title')} area="adoptions" note={adoptions.length === 0 ? undefined : count(adoptions.length)}>
      {adoptions.length === 0 ? (
        <p className="empty">{t('donate.adoptions.none')}</p>
      ) : (
        <div className="scroll" role="region" aria-label={t('donate.adoptions.label')} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('donate.adoptions.time')}</th>
                <th scope="col">{t('donate.adoptions.fitness')}</th>
                <th scope="col">{t('donate.adoptions.parent')}</th>
                <th scope="col">{t('donate.adoptions.author')}</th>
                <th scope="col">{t('donate.adoptions.via')}</th>
                <th scope="col">{t('donate.adoptions.task')}</th>
              </tr>
            </thead>
            <tbody>
              {adoptions
                .slice(-SHOWN)
                .toReversed()
                .map((adoption) => (
                  <tr key={adoption.id} data-testid="adoption" data-parent={adoption.parent} data-author={adoption.author}>
                    <td>{timeOfDay(adoption.time)}</td>
                    <td>{count(adoption.fitness)}</td>
                    <td>
                      <CopyButton text={adoption.parent} short={shortId(adoption.parent)} what={t('donate.champion.parentCid')} />
                    </td>
                    <td>
                      <code title={adoption.author}>{shortKey(adoption.author)}</code>
                    </td>
                    <td>
                      <code title={adoption.via}>{shortId(adoption.via)}</code>
                    </td>
                    <td>{taskTitle(adoption.task)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  )
})
