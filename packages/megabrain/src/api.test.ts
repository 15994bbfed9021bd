import { expect, test } from 'vitest'
import * as megabrain from './index.ts'
import { completeMegabrainSettings, defaultMegabrainSettings } from './settings.ts'

test('the five functions and the four settings are what they were', () => {
  expect(Object.keys(megabrain).sort()).toEqual(['publishGenotype', 'start', 'stop', 'subscribeGenotypes', 'unsubscribeGenotypes'])
  expect(defaultMegabrainSettings).toEqual({
    meshEnabled: true, meshRealm: 'default', publishBestFitnessThreshold: 0.9, subscribeToRealms: ['default', 'research'],
  })
})

test('a setting that is none is named, before anybody is asked anything', () => {
  expect(() => megabrain.start({ settings: { meshRelm: 'x' } as object })).toThrow('There is no setting meshRelm')
  expect(() => completeMegabrainSettings({ publishBestFitnessThreshold: 90 })).toThrow('publishBestFitnessThreshold is 0 to 1, got 90')
  expect(() => completeMegabrainSettings({ subscribeToRealms: Array.from({ length: 5 }, () => 'a') })).toThrow('at most 4')
})

test('where there is no page nothing starts, and the other functions say so', async () => {
  expect(await megabrain.start()).toEqual({ started: false, reason: 'no-page' })
  expect(await megabrain.publishGenotype('bafkrei', 'default')).toEqual({ asked: false, reason: 'not-started' })
  megabrain.subscribeGenotypes('default', () => undefined)
  megabrain.unsubscribeGenotypes('default')
  await megabrain.stop()
})
