// Small networks of this machine's kernel: homes with a cable to the public street, some behind a router that rewrites addresses.
// Nothing outside these namespaces is touched, and everything is gone after `close`.

import { execFileSync } from 'node:child_process'

export type Nat = 'none' | 'same-port' | 'random-port'

export interface Home {
  readonly name: string
  /** Before a program's own words: runs it in this home. */
  readonly within: readonly string[]
  /** On the street. */
  readonly address: string
  /** Loses this share of all packets in both directions, per cent; 0 heals. */
  lose(percent: number): void
  /** Both directions, megabits per second; undefined is as fast as the machine. */
  slow(megabits: number | undefined): void
  /** Cuts the cable, or mends it. Nobody is told. */
  cut(isCut: boolean): void
  /** Nothing passes between here and another home, in either direction, until `lose(0)`. The street still sees both. */
  part(other: Home): void
}

/** Of this process so far: several networks must not share names or addresses. */
let networks = 0

export class Network {
  readonly #number = ++networks
  readonly #id = `mb${process.pid}x${this.#number}`
  /** 198.18.0.0/15 is for measuring networks (RFC 2544) and so nobody's. */
  readonly #prefix = `198.${18 + (process.pid % 2)}.${(Math.trunc(process.pid / 2) + this.#number) % 256}`
  readonly #namespaces: string[] = []
  readonly #cables: string[] = []
  #homes = 0

  /** Where a relay on the street listens: this side of every cable is the same machine. */
  readonly street = `${this.#prefix}.1`

  constructor() {
    process.once('exit', this.#atExit)
    run('ip', 'link', 'add', this.#bridge, 'type', 'bridge')
    run('ip', 'addr', 'add', `${this.street}/24`, 'dev', this.#bridge)
    run('ip', 'link', 'set', this.#bridge, 'up')
  }

  readonly #atExit = (): void => this.close()

  get #bridge(): string {
    return `${this.#id}b`.slice(-15)
  }

  /** @param nat how its router picks the port under which a connection leaves: the same one, or any other for each connection */
  home(nat: Nat = 'none'): Home {
    const number = ++this.#homes
    const outer = this.#namespace(`r${number}`)
    const cable = `${this.#id}c${number}`.slice(-15)
    run('ip', 'link', 'add', cable, 'type', 'veth', 'peer', 'name', 'street', 'netns', outer)
    this.#cables.push(cable)
    run('ip', 'link', 'set', cable, 'master', this.#bridge, 'up')
    inside(outer, 'ip', 'addr', 'add', `${this.#prefix}.${number + 1}/24`, 'dev', 'street')
    inside(outer, 'ip', 'link', 'set', 'street', 'up')
    inside(outer, 'ip', 'link', 'set', 'lo', 'up')
    const name = nat === 'none' ? outer : this.#behind(outer, number, nat)
    // Offloading would hand over packets larger than a slow line takes.
    const wire = { street: { namespace: outer, device: 'street' }, cable: { namespace: undefined, device: cable } }
    return {
      name,
      address: `${this.#prefix}.${number + 1}`,
      within: ['ip', 'netns', 'exec', name],
      lose: (percent) => {
        inside(outer, 'nft', 'flush', 'ruleset')
        if (nat !== 'none') this.#masquerade(outer, nat)
        if (percent > 0) drop(outer, `numgen random mod 100 < ${percent}`, `numgen random mod 100 < ${percent}`)
      },
      part: ({ address }) => drop(outer, `ip saddr ${address}`, `ip daddr ${address}`),
      slow: (megabits) => {
        for (const { namespace, device } of Object.values(wire)) {
          const words = megabits === undefined
            ? ['tc', 'qdisc', 'del', 'dev', device, 'root']
            : ['tc', 'qdisc', 'replace', 'dev', device, 'root', 'tbf', 'rate', `${megabits}mbit`, 'burst', '32kbit', 'latency', '400ms']
          if (namespace === undefined) run(words[0]!, ...words.slice(1))
          else inside(namespace, words[0]!, ...words.slice(1))
        }
      },
      cut: (isCut) => run('ip', 'link', 'set', cable, isCut ? 'nomaster' : 'master', ...(isCut ? [] : [this.#bridge])),
    }
  }

  close(): void {
    process.off('exit', this.#atExit)
    for (const namespace of this.#namespaces) attempt('ip', 'netns', 'del', namespace)
    for (const cable of this.#cables) attempt('ip', 'link', 'del', cable)
    attempt('ip', 'link', 'del', this.#bridge)
  }

  #namespace(suffix: string): string {
    const name = `${this.#id}${suffix}`
    run('ip', 'netns', 'add', name)
    this.#namespaces.push(name)
    return name
  }

  /** A machine behind the router `outer`. */
  #behind(outer: string, number: number, nat: Nat): string {
    const name = this.#namespace(`m${number}`)
    inside(outer, 'ip', 'link', 'add', 'lan', 'type', 'veth', 'peer', 'name', 'lan', 'netns', name)
    inside(outer, 'ip', 'addr', 'add', `192.168.${number}.1/24`, 'dev', 'lan')
    inside(outer, 'ip', 'link', 'set', 'lan', 'up')
    inside(outer, 'sysctl', '-qw', 'net.ipv4.ip_forward=1')
    inside(name, 'ip', 'addr', 'add', `192.168.${number}.2/24`, 'dev', 'lan')
    inside(name, 'ip', 'link', 'set', 'lan', 'up')
    inside(name, 'ip', 'link', 'set', 'lo', 'up')
    inside(name, 'ip', 'route', 'add', 'default', 'via', `192.168.${number}.1`)
    this.#masquerade(outer, nat)
    return name
  }

  #masquerade(outer: string, nat: Nat): void {
    inside(outer, 'nft', 'add', 'table', 'ip', 'nat')
    inside(outer, 'nft', 'add chain ip nat out { type nat hook postrouting priority srcnat; }')
    inside(outer, 'nft', `add rule ip nat out oifname street masquerade ${nat === 'random-port' ? 'fully-random' : ''}`)
    // A router drops what nobody behind it asked for, and does not answer for itself.
    inside(outer, 'nft', 'add table ip wall')
    inside(outer, 'nft', 'add chain ip wall in { type filter hook input priority 0; }')
    inside(outer, 'nft', 'add rule ip wall in iifname street ct state new drop')
  }
}

/** Of what comes from the street and of what goes there, in the words of nft. */
function drop(namespace: string, ingress: string, egress: string): void {
  inside(namespace, 'nft', 'add', 'table', 'netdev', 'faults')
  for (const [hook, which] of Object.entries({ ingress, egress })) {
    inside(namespace, 'nft', `add chain netdev faults ${hook} { type filter hook ${hook} device street priority 0; }`)
    inside(namespace, 'nft', `add rule netdev faults ${hook} ${which} drop`)
  }
}

function run(program: string, ...words: readonly string[]): void {
  execFileSync(program, words, { stdio: ['ignore', 'ignore', 'pipe'] })
}

function inside(namespace: string, ...words: readonly string[]): void {
  run('ip', 'netns', 'exec', namespace, ...words)
}

function attempt(program: string, ...words: readonly string[]): void {
  try {
    run(program, ...words)
  } catch {
    // It is gone already.
  }
}
