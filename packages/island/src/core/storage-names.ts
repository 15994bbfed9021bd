// Names of an origin's two databases. Rows and keys are apart, so that erasing what was found can keep the author.

export const ARCHIVE_NAME = 'megabrain'
export const KEYS_NAME = 'megabrain-keys'
