// Shows the short form of a long name and copies the long one.

import { useEffect, useState } from 'react'

interface CopyButtonProps {
  readonly text: string
  readonly short: string
  /** What is copied, for people who do not see the context: "parent CID". */
  readonly what: string
}

const CONFIRMATION_MS = 1_500

export function CopyButton({ text, short, what }: CopyButtonProps) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), CONFIRMATION_MS)
    return () => clearTimeout(timer)
  }, [copied])

  const copy = (): void => {
    void navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => undefined, // Refused by the browser: the title still shows the whole text.
    )
  }
  return (
    <button type="button" className="copy" title={text} aria-label={`${short}: copy ${what}`} onClick={copy}>
      <code>{short}</code>
      <span className="copy-mark" role="status">
        {copied ? 'copied' : ''}
      </span>
    </button>
  )
}
