// A text as a QR code, for a phone's camera. Dark on light whatever the page's colours are: many readers take nothing else.

import encodeQR from 'qr'

interface QrCodeProps {
  readonly text: string
  /** What it holds, for people who do not see it. */
  readonly what: string
}

/** A QR code of the largest size holds no more at this level of correction, bytes. */
const MAX_CHARACTERS = 2_900
const QUIET = 2

export function QrCode({ text, what }: QrCodeProps) {
  if (text.length > MAX_CHARACTERS) return <p className="quiet">It is too long for a QR code; copy it instead.</p>
  const rows = encodeQR(text, 'raw', { ecc: 'low', border: QUIET })
  const path = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
  return (
    <svg
      role="img"
      aria-label={what}
      data-testid="qr"
      viewBox={`0 0 ${rows.length} ${rows.length}`}
      width="180"
      height="180"
      shapeRendering="crispEdges"
    >
      <rect width="100%" height="100%" fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
