// The algorithms by name, apart from the algorithms themselves, so that a page can list them without loading them.

export const algorithmNames = ['neat', 'memetic', 'map-elites'] as const

export type AlgorithmName = (typeof algorithmNames)[number]
