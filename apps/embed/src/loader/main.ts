// The script that a site includes: defines the element, and nothing else until one is on the page.

import { defineElement } from './element.ts'

const script = document.currentScript
defineElement(window, script instanceof HTMLScriptElement && script.src !== '' ? new URL(script.src).origin : undefined)
