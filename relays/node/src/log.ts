// The relay's log: one JSON object per line on stderr, so that stdout keeps its one line for people. No library: it is
// ten lines, and a relay must be able to log before and after everything else works.

export type LogLevel = 'info' | 'warn' | 'error'

export interface Log {
  /** @param event a short kebab-case name; @param fields plain JSON values */
  write(level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>): void
}

/** @param print gets whole lines without a line end; @param now milliseconds since 1970 */
export function createLog(print: (line: string) => void, now: () => number): Log {
  return {
    write(level, event, fields = {}) {
      print(JSON.stringify({ time: new Date(now()).toISOString(), level, event, ...fields }))
    },
  }
}
