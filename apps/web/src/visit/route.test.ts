import { describe, expect, test } from 'vitest'
import { parseInvitation } from './invitation.ts'
import { linkTo, parseRoute } from './route.ts'

describe('the address of a view', () => {
  test('leads back to the view and what is chosen in it', () => {
    const { view, words } = parseRoute(linkTo('mesh', { peer: '12D3 &=#', filter: undefined }))
    expect(view).toBe('mesh')
    expect([...words]).toEqual([['peer', '12D3 &=#']])
  })

  test.each(['', '#', '#/', '#/nowhere?x=1', '#relay=/ip4/1.2.3.4/tcp/1&realm=AA', '#//mesh', '#/mesh/../relay'])('%j shows the first view', (fragment) => {
    const { view, words } = parseRoute(fragment)
    expect(view).toBe('donate')
    expect(words.size).toBe(0)
  })

  test('an invitation may name a view too', () => {
    expect(parseRoute('#/realms?relay=/ip4/1.2.3.4/tcp/1&realm=AAEC').view).toBe('realms')
    expect(parseInvitation('#/realms?relay=/ip4/1.2.3.4/tcp/1&realm=AAEC')).toEqual(parseInvitation('#relay=/ip4/1.2.3.4/tcp/1&realm=AAEC'))
    expect(parseInvitation('#/realms?relay=/ip4/1.2.3.4/tcp/1&realm=AAEC').realm).toEqual(Uint8Array.of(0, 1, 2))
  })
})
