// What the visitor agrees to, before anything runs: a real modal dialog, closed by Escape like any other.

import { useEffect, useId, useRef } from 'react'

interface ConsentSheetProps {
  readonly onAccept: () => void
  readonly onDecline: () => void
}

export function ConsentSheet({ onAccept, onDecline }: ConsentSheetProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const title = useId()
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal()
    // Left alone, the browser focuses the first button and scrolls a small screen past what there is to read.
    heading.current?.focus()
  }, [])
  return (
    <dialog ref={dialog} className="consent" data-testid="consent" aria-labelledby={title} onClose={onDecline}>
      <h2 id={title} ref={heading} tabIndex={-1}>
        Before it starts
      </h2>
      <dl>
        <dt>What runs</dt>
        <dd>One worker that breeds and tests neural networks inside this page. It sees none of your files and none of your other tabs.</dd>
        <dt>How much</dt>
        <dd>
          A quarter of one processor core, measured and shown. It pauses on battery, when this page is in the background, and when your
          browser asks to save data.
        </dd>
        <dt>Who sees you</dt>
        <dd>Browsers connect directly to each other, so other participants’ browsers and the relay see your network address. A setting hides it from all but the relay.</dd>
        <dt>What is published</dt>
        <dd>
          Your best networks, signed with a key that is made and kept in this browser, under the Apache-2.0 licence. Your name is not asked
          for; the key stands for you.
        </dd>
        <dt>How to stop</dt>
        <dd>Press Stop, or close the tab. It ends within a second. This answer is remembered for 30 days.</dd>
      </dl>
      <form method="dialog" className="consent-buttons">
        <button className="button">Not now</button>
        <button type="button" className="button button-main" data-testid="consent-accept" onClick={onAccept}>
          Start
        </button>
      </form>
    </dialog>
  )
}
