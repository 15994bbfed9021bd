import decodeQR from 'qr/decode.js'
import { createRoot } from 'react-dom/client'
import { expect, test } from 'vitest'
import { QrCode } from './qr-code.tsx'

/** What a camera would see of the drawing. */
async function photographed(svg: SVGElement): Promise<ImageData> {
  const image = new Image()
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`
  await image.decode()
  const canvas = new OffscreenCanvas(900, 900)
  const context = canvas.getContext('2d')!
  context.imageSmoothingEnabled = false
  context.drawImage(image, 0, 0, 900, 900)
  return context.getImageData(0, 0, 900, 900)
}

test('what is drawn reads as what it holds: twelve words, and a link with a relay and a realm in it; what is too long says so', async () => {
  const host = document.createElement('div')
  document.body.append(host)
  const root = createRoot(host)
  const link = `https://relay.example/#relay=/dns4/relay.example/tcp/443/tls/ws/p2p/12D3KooWFdKkWzaZHjLbsuELmjCtaaxn6N4oKTK94QwJuvoNqTfw&realm=${'Az09-_'.repeat(90)}`
  for (const text of ['legal winner thank year wave sausage worth useful legal winner thank yellow', link]) {
    root.render(<QrCode text={text} what="a test" />)
    await expect.poll(async () => {
      const svg = host.querySelector('svg')
      return svg === null ? '' : decodeQR(await photographed(svg))
    }).toBe(text)
  }
  root.render(<QrCode text={'x'.repeat(3_000)} what="a test" />)
  await expect.poll(() => host.textContent).toContain('too long')
  root.unmount()
  host.remove()
})
