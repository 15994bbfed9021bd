import { expect, test } from 'vitest'
import { classOfAddress, classOfHost, mayDial } from './address-classes.ts'

test.each([
  ['loopback', ['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.0.0.1', '0177.0.0.1', '017700000001', '127.0.0.1.', '１２７.0.0.1', '①②⑦.0.0.1']],
  ['loopback', ['::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::7f00:1', '64:ff9b::7f00:1', '2002:7f00:1::', '2001:470::5efe:7f00:1']],
  ['loopback', ['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', 'localhost.localdomain', 'ip6-localhost']],
  ['private', ['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '3232235777', '0xc0a80101', '0300.0250.1.1']],
  ['private', ['fd00::1', 'fc00::1', 'fdff:ffff::1', '::ffff:10.0.0.1', '::ffff:a00:1', '64:ff9b::c0a8:101', '2002:c0a8:101::1', '::192.168.1.1']],
  ['private', ['printer', 'nas.local', 'router.lan', 'db.internal', 'x.home.arpa']],
  ['forbidden', ['169.254.169.254', '2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::']],
  ['forbidden', ['100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254', 'fd20:ce::254', 'metadata.google.internal', 'metadata.google.internal.']],
  ['forbidden', ['0.0.0.0', '0', '0x0', '::', '::ffff:0.0.0.0', '0.1.2.3', 'fe80::1', 'febf::1', 'fec0::1', 'ff02::1', '224.0.0.1', '255.255.255.255', '240.0.0.1']],
  ['forbidden', ['64:ff9b:1::1', '2001::1', '2001:db8::1', '3fff::1', '::ffff:0:7f00:1', '192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '192.88.99.1']],
  ['forbidden', ['', '.', ' ', '256.1.1.1', '1.2.3.4.5', 'a/b', 'user@127.0.0.1', '127.0.0.1:80', 'fe80::1%eth0', '[::1]', 'a?b', 'a#b', 'a\\b', '%31%32%37.0.0.1']],
  ['public', ['8.8.8.8', '134744072', '172.15.255.255', '172.32.0.1', '100.63.255.255', '100.128.0.1', '11.0.0.1', '126.255.255.255', '128.0.0.1', '169.253.1.1']],
  ['public', ['2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808', '2002:808:808::', 'relay.example', 'local.example', 'localhost.example', 'xn--bcher-kva.example']],
] as const)('%s: %s', (expected, hosts) => {
  expect(hosts.map((host) => [host, classOfHost(host)])).toEqual(hosts.map((host) => [host, expected]))
})

test('a multiaddr is of its host’s class, and one that begins with no host is forbidden', () => {
  expect(classOfAddress('/ip4/127.0.0.1/tcp/80/ws')).toBe('loopback')
  expect(classOfAddress('/dns4/0x7f.1/tcp/80/ws')).toBe('loopback')
  expect(classOfAddress('/ip6/::ffff:a00:1/tcp/80/ws')).toBe('private')
  expect(classOfAddress('/dns4/relay.example/tcp/443/tls/ws')).toBe('public')
  for (const none of ['', 'nonsense', '/dnsaddr/relay.example', '/p2p-circuit', '/ip6zone/eth0/ip6/fe80::1/tcp/80', '/unix/a']) {
    expect(classOfAddress(none)).toBe('forbidden')
  }
})

test('public addresses may always be dialled, those of one’s own network only where the teller is in one, forbidden ones never', () => {
  expect((['public', 'loopback', 'private', 'forbidden'] as const).map((teller) => mayDial('public', teller))).toEqual([true, true, true, true])
  expect(mayDial('loopback', 'loopback')).toBe(true)
  expect(mayDial('private', 'private')).toBe(true)
  expect(mayDial('loopback', 'private') || mayDial('private', 'loopback') || mayDial('loopback', 'public') || mayDial('private', 'public')).toBe(false)
  expect(mayDial('forbidden', 'forbidden')).toBe(false)
})
