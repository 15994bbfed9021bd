// The relay's page for site owners: wishes in, lines to copy out, and the element as the site would have it.

import { policyOf, readLoaderPlace, snippetOf, type LoaderPlace } from './lines.ts'

const place = readLoaderPlace(document.getElementById('megabrain-loader')?.textContent ?? '')
if (place !== undefined) build(place)

function build(from: LoaderPlace): void {
  const form = part('wishes', HTMLFormElement)
  const preview = document.createElement('mega-brain')
  const wishes = (): [string, string][] => [...new FormData(form)].map(([name, value]) => [name, String(value).trim()])
  const show = (): void => {
    part('snippet', HTMLElement).textContent = snippetOf(from, wishes())
    for (const [name, value] of wishes()) {
      if (value === '') preview.removeAttribute(name)
      else preview.setAttribute(name, value)
    }
  }
  part('policy', HTMLElement).textContent = policyOf(from)
  form.addEventListener('input', show)
  show()

  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copies]')) {
    button.addEventListener('click', () => {
      const text = document.getElementById(button.dataset['copies'] ?? '')?.textContent ?? ''
      void navigator.clipboard.writeText(text).then(() => { button.textContent = 'Copied' }, () => { button.textContent = 'Select it and press Ctrl+C' })
    })
  }

  preview.addEventListener('mega-brain-state', (event) => {
    const { state, cause } = (event as CustomEvent<{ state: string; cause: string }>).detail
    part('state', HTMLElement).textContent = `Event mega-brain-state: ${state}${cause === 'none' ? '' : `, ${cause}`}`
  })
  part('preview', HTMLElement).append(preview)
  const script = document.createElement('script')
  Object.assign(script, { src: `${from.origin}${from.path}`, integrity: from.integrity, crossOrigin: 'anonymous' })
  document.head.append(script)
}

function part<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new TypeError(`The page must have a ${kind.name} with the id "${id}"`)
  return found
}
