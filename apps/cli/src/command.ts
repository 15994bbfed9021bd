// What a command is: options in, one answer out. The answer holds both forms, so that `--json` cannot say anything else
// than the text does.

export interface Answer {
  /** The one JSON document of `--json`. */
  readonly json: unknown
  /** The same for people. */
  readonly text: string
  /** 1 when the answer is no. @default 0 */
  readonly exit?: 0 | 1
}

export interface Surroundings {
  /** One line of progress; never part of the answer. */
  progress(line: string): void
  /** Shows this line in place of the last one given here, none when empty. Absent where nobody watches a terminal. */
  readonly status?: (line: string) => void
  /** Shows these lines in place of the last ones given here. Absent where nobody watches a terminal. */
  readonly screen?: Screen
  /** Aborted by Ctrl-C. */
  readonly stop: AbortSignal
}

export interface Screen {
  readonly columns: number
  show(lines: readonly string[]): void
}

export interface Command {
  /** Its line in the overview. */
  readonly usage: string
  run(args: readonly string[], surroundings: Surroundings): Promise<Answer>
}
