// The question before anything runs, and the answer as a browser keeps it: for those who show it elsewhere.

export { askConsent } from './ask-consent.ts'
export type { AskOptions, ConsentAnswer } from './ask-consent.ts'
export { ACCEPT, CONSENT_HEADING, consentRows, DECLINE } from './consent-words.ts'
export type { ConsentTerms } from './consent-words.ts'
export {
  CONSENT_MS, CONSENT_VERSION, consentHolds, createConsent, decodeConsent, encodeConsent, hasConsent, rememberConsent, revokeConsent,
} from './stored-consent.ts'
export type { Consent, ConsentScope, Drawer } from './stored-consent.ts'
