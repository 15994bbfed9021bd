// The machines of this browser's owner: how each is doing, one button that pauses them all, and how another one is linked.

import type { Command, MachineView, MachinesView, Snapshot } from '@megabrain/island'
import { forgetOwnersEntropy, linkThisMachine, ownersEntropy } from '@megabrain/island'
import { useState, type FormEvent } from 'react'
import type { Source } from '../../visit/source.ts'
import { percent, rate, shortKey, timeOfDay } from '../../words/format.ts'
import { machineSentence } from '../../words/machines.ts'
import { Panel } from '../panel.tsx'
import { QrCode } from '../qr-code.tsx'

interface MachinesPanelProps {
  readonly machines: MachinesView | undefined
  readonly name: string
  readonly island: Source<Snapshot>
  /** A link that opens this realm's page elsewhere. */
  readonly link: string
  readonly command: (command: Command) => void
}

export function MachinesPanel({ machines, name, island, link, command }: MachinesPanelProps) {
  if (machines === undefined) return null
  const { machines: all, isPaused, mayRevoke } = machines
  return (
    <Panel title="My machines" area="machines" note={all.length === 0 ? 'this one only' : undefined}>
      <ul className="realms" data-testid="machines" data-paused={isPaused}>
        {all.map((machine) => (
          <Machine key={machine.device} machine={machine} mayRevoke={mayRevoke} command={command} />
        ))}
      </ul>
      {all.length === 0 ? null : (
        <button type="button" className="button" data-testid="ask-machines" onClick={() => command({ kind: 'ask-machines', paused: !isPaused })}>
          {isPaused ? 'Let all go on' : 'Pause all'}
        </button>
      )}
      <label className="setting-text">
        <span>
          Name of this machine<small>only your own machines can read it</small>
        </span>
        <input
          type="text"
          data-testid="machine-name"
          maxLength={24}
          pattern="[ -~]*"
          autoComplete="off"
          defaultValue={name}
          key={name}
          onBlur={({ currentTarget: input }) => {
            if (input.checkValidity() && input.value !== name) command({ kind: 'configure', settings: { machineName: input.value } })
          }}
        />
      </label>
      <OwnerWords link={link} />
      <LinkForm island={island} command={command} />
    </Panel>
  )
}

interface MachineProps {
  readonly machine: MachineView
  readonly mayRevoke: boolean
  readonly command: (command: Command) => void
}

function Machine({ machine, mayRevoke, command }: MachineProps) {
  const { device, name, isHere, isRevoked, dutyPercent, evaluationsPerSecond, heardAt } = machine
  return (
    <li
      data-testid="machine"
      data-device={device}
      data-phase={machine.phase}
      data-reason={machine.reason}
      data-here={isHere}
      data-silent={machine.isSilent}
    >
      <b>{name === '' ? shortKey(device) : name}</b>
      <span>
        {machineSentence(machine)} {percent(dutyPercent)} of a core, {rate(evaluationsPerSecond)} evaluations/s; heard {timeOfDay(heardAt)}
      </span>
      {isHere ? <em>here</em> : null}
      {isHere || isRevoked || !mayRevoke ? null : (
        <button type="button" className="button button-small" data-testid="revoke-machine" onClick={() => command({ kind: 'revoke', device })}>
          Take back
        </button>
      )}
    </li>
  )
}

/** The words of the owner, until they are on paper. */
function OwnerWords({ link }: { readonly link: string }) {
  const [words, setWords] = useState<string | 'gone' | undefined>(undefined)
  const show = async (): Promise<void> => {
    const entropy = await ownersEntropy()
    if (entropy === undefined) return setWords('gone')
    const { wordsOfOwner } = await import('@megabrain/island/words')
    setWords(wordsOfOwner(entropy))
  }
  const forget = (): void => void forgetOwnersEntropy().then(() => setWords('gone'))
  if (words === 'gone') {
    return <p className="quiet">The words are not kept in this browser: you put them aside, or this machine was linked by them.</p>
  }
  if (words === undefined) {
    return (
      <p>
        <button type="button" className="button" data-testid="show-words" onClick={() => void show()}>
          Link another machine
        </button>
      </p>
    )
  }
  return (
    <div className="terms">
      <p>1. Open this page on the other machine: scan, or open the address.</p>
      <QrCode text={link} what="Address of this page" />
      <p>2. Press Start there, choose “Make this machine mine”, and enter your twelve words. Whoever has them is you: show them to nobody.</p>
      <blockquote data-testid="owner-words">{words}</blockquote>
      <QrCode text={words} what="The twelve words" />
      <button type="button" className="button" data-testid="forget-words" onClick={forget}>
        They are on paper: forget them here
      </button>
    </div>
  )
}

function LinkForm({ island, command }: Pick<MachinesPanelProps, 'island' | 'command'>) {
  const [state, setState] = useState<'closed' | 'asking' | 'linking'>('closed')
  const [fault, setFault] = useState('')
  const link = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const { ownerOfWords } = await import('@megabrain/island/words')
    const entropy = ownerOfWords(String(form.get('words')))
    if (entropy === undefined) return setFault('These are not twelve words of an owner: one of them is mistyped or missing.')
    setState('linking')
    try {
      await linkThisMachine({ snapshot: island.current, subscribe: island.subscribe, command }, entropy, form.has('keep'))
      setFault('')
    } catch (error) {
      setFault(`It could not be linked: ${error instanceof Error ? error.message : String(error)}`)
    }
    setState('closed')
  }
  if (state === 'closed') {
    return (
      <p>
        <button type="button" className="button" data-testid="link-machine" onClick={() => setState('asking')}>
          Make this machine mine
        </button>
        {fault === '' ? null : <span role="alert"> {fault}</span>}
      </p>
    )
  }
  return (
    <form className="terms" onSubmit={(event) => void link(event)}>
      <label className="setting-text">
        <span>
          Your twelve words<small>this browser then works for that owner; whose it was until now is forgotten here, its words with it</small>
        </span>
        <textarea name="words" rows={3} data-testid="link-words" autoComplete="off" spellCheck={false} required />
      </label>
      <label className="setting-check">
        <input type="checkbox" name="keep" data-testid="keep-owner" />
        <span>
          It may also speak for me<small>take back machines, accept terms, moderate: only where nobody else gets at it</small>
        </span>
      </label>
      {fault === '' ? null : <p role="alert">{fault}</p>}
      <button type="submit" className="button button-main" data-testid="link-now" disabled={state === 'linking'}>
        Link this machine
      </button>
    </form>
  )
}
