// The one place in a page that creates workers. Bundlers find workers by exactly this form of `new Worker`.

export function createExchangeWorker(): Worker {
  return new Worker(new URL('../worker/exchange.ts', import.meta.url), { type: 'module', name: 'megabrain-exchange' })
}

export function createComputeWorker(): Worker {
  return new Worker(new URL('../worker/compute.ts', import.meta.url), { type: 'module', name: 'megabrain-compute' })
}
