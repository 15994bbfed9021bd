// What keeps this island alive for long: the page without its host, storage, another relay, and the owner as a file.

import { linkThisMachine, ownersEntropy, type Command, type Snapshot } from '@megabrain/island'
import { useState, type ChangeEvent, type FormEvent } from 'react'
import { installation } from '../../offline/installation.ts'
import { identityFile, parseIdentityFile } from '../../visit/identity-file.ts'
import { nameRelay } from '../../visit/name-relay.ts'
import { parsePastedRelay } from '../../visit/pasted-relay.ts'
import { saveFile } from '../../visit/save-file.ts'
import type { Source } from '../../visit/source.ts'
import { bytesText } from '../../words/leaving.ts'
import { Panel } from '../panel.tsx'
import { useSource } from '../use-source.ts'

interface KeepingPanelProps {
  /** Ids of the realms that the island is in. */
  readonly realms: readonly string[]
  readonly island: Source<Snapshot>
  readonly command: (command: Command) => void
}

export function KeepingPanel({ realms, island, command }: KeepingPanelProps) {
  const { offline, update, persisted, usedBytes } = useSource(installation())
  return (
    <Panel title="Kept in this browser" area="keeping">
      {update ? (
        <div className="update-notice" role="status" data-testid="update">
          <span>A new version is ready. Nothing changes until you reload.</span>
          <button type="button" className="button button-main" data-testid="reload" onClick={() => installation().reload()}>
            Reload
          </button>
        </div>
      ) : null}
      <p data-testid="keeping" data-offline={offline} data-persisted={persisted ?? ''}>
        {offline ? 'This page opens without a network, and evolves alone until it is back.' : 'This page cannot be opened without its host yet.'}{' '}
        {usedBytes === undefined ? '' : `${bytesText(usedBytes)} are stored. `}
        {persisted === true ? 'The browser has promised not to clear them by itself.' : 'The browser may clear them when the disk is full.'}
      </p>
      <RelayForm realms={realms} command={command} />
      <Identity island={island} command={command} />
    </Panel>
  )
}

function RelayForm({ realms, command }: Pick<KeepingPanelProps, 'realms' | 'command'>) {
  const [said, setSaid] = useState('')
  const join = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const pasted = parsePastedRelay(String(new FormData(event.currentTarget).get('relay')), location)
    if (!pasted.ok) return setSaid(pasted.reason)
    nameRelay(window, pasted.relays, realms)
    if (pasted.realm !== undefined) command({ kind: 'join', document: pasted.realm })
    event.currentTarget.reset()
    setSaid('It is used from now on, and remembered. The mesh above shows whether it answers.')
  }
  return (
    <form className="keeping-form" onSubmit={join}>
      <label className="setting-text">
        <span>
          Use another relay<small>the address of its page, a link that brings others, or a multiaddr; what was found here comes along</small>
        </span>
        <input type="text" name="relay" data-testid="paste-relay" autoComplete="off" spellCheck={false} />
      </label>
      <button type="submit" className="button" data-testid="use-relay">
        Use it
      </button>
      <p role="status" data-testid="relay-said">
        {said}
      </p>
    </form>
  )
}

function Identity({ island, command }: Pick<KeepingPanelProps, 'island' | 'command'>) {
  const [said, setSaid] = useState('')
  const save = async (): Promise<void> => {
    const entropy = await ownersEntropy()
    if (entropy === undefined) return setSaid('The words of the owner were put aside, or this machine was linked: there is nothing to save.')
    saveFile('megabrain-identity.json', new Blob([identityFile(entropy)], { type: 'application/json' }))
    setSaid('Saved. Whoever has the file can act as you.')
  }
  const load = async ({ target }: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const file = target.files?.[0]
    if (file === undefined) return
    // Large files are not read: an identity is a few hundred bytes.
    const read = parseIdentityFile(await file.slice(0, 8_192).text())
    target.value = ''
    if (!read.ok) return setSaid(read.reason)
    await linkThisMachine({ snapshot: island.current, subscribe: island.subscribe, command }, read.entropy, true)
    setSaid('This browser works for the owner in the file from now on.')
  }
  const told = (work: Promise<void>): void => void work.catch((error: unknown) => setSaid(`It did not work: ${error instanceof Error ? error.message : String(error)}`))
  return (
    <div className="keeping-form">
      <button type="button" className="button" data-testid="save-identity" onClick={() => told(save())}>
        Save who I am
      </button>
      <label className="setting-text">
        <span>
          Be somebody from a file<small>whose this browser was until now is forgotten here: save it first</small>
        </span>
        <input type="file" accept="application/json,.json" data-testid="load-identity" onChange={(event) => told(load(event))} />
      </label>
      <p role="status" data-testid="identity-said">
        {said}
      </p>
    </div>
  )
}
