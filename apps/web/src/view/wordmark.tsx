// The name, with its sign.

export function Wordmark() {
  return (
    <span className="wordmark">
      <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
        <path className="mark-lines" d="M6 8 16 16 6 24M16 16h10" />
        <circle className="mark-outer" cx="6" cy="8" r="3.4" />
        <circle className="mark-outer" cx="6" cy="24" r="3.4" />
        <circle className="mark-outer" cx="26" cy="16" r="3.4" />
        <circle className="mark-inner" cx="16" cy="16" r="4" />
      </svg>
      <span className="wordmark-name">Megabrain</span>
    </span>
  )
}
