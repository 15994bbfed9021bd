// A WebTransport listener and dialler for any js-libp2p node on Node.

export { webTransport } from './transport.ts'
export type { WebTransportComponents, WebTransportInit } from './transport.ts'
export { BindingUnavailableError, loadBinding } from './binding.ts'
export type { CertificateStore } from './rolling.ts'
export { DEFAULT_FLOW_LIMITS } from './flows.ts'
export type { FlowLimits } from './flows.ts'
