// The dialog's looks. A constructed sheet, because a page's content security policy may forbid style elements and attributes.

const RULES = `
dialog {
  box-sizing: border-box; width: min(30rem, calc(100vw - 1rem)); max-height: calc(100dvh - 1rem); overflow: auto; padding: 1.25rem;
  border: 1px solid GrayText; border-radius: 0.75rem; background: Canvas; color: CanvasText; color-scheme: light dark;
  font: 1rem/1.45 system-ui, sans-serif; opacity: 1; transition: opacity 120ms;
}
@starting-style { dialog { opacity: 0; } }
@media (prefers-reduced-motion: reduce) { dialog { transition: none; } }
dialog::backdrop { background: rgb(0 0 0 / 0.5); }
h2 { margin: 0 0 0.75rem; font-size: 1.25rem; line-height: 1.2; outline: none; }
dl { margin: 0; }
dt { font-weight: 600; }
dd { margin: 0 0 0.6rem; overflow-wrap: anywhere; }
p { margin: 0.5rem 0; padding: 0.5rem; border-left: 3px solid Mark; }
div { display: flex; flex-wrap: wrap; gap: 0.5rem; justify-content: flex-end; margin-top: 0.75rem; }
button { min-height: 2.75rem; padding: 0 1rem; border: 1px solid ButtonBorder; border-radius: 0.5rem; background: ButtonFace; color: ButtonText; font: inherit; }
button.accept { background: AccentColor; color: AccentColorText; border-color: AccentColor; font-weight: 600; }
button:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
`

let sheet: CSSStyleSheet | undefined

export function consentStyle(): CSSStyleSheet {
  if (sheet !== undefined) return sheet
  sheet = new CSSStyleSheet()
  sheet.replaceSync(RULES)
  return sheet
}
