// A WebTransport session as libp2p sees one: a connection that carries no bytes itself, a muxer whose streams are the session's, and
// those streams, with back pressure in both directions.

import type { AbortOptions, CreateStreamOptions, Logger, MessageStreamDirection, MultiaddrConnection, StreamMuxerFactory } from '@libp2p/interface'
import { AbstractMultiaddrConnection, AbstractStream, AbstractStreamMuxer } from '@libp2p/utils'
import type { AbstractMultiaddrConnectionInit, AbstractStreamInit, SendResult } from '@libp2p/utils'
import type { Uint8ArrayList } from 'uint8arraylist'
import type { NativeReceiver, NativeSender, NativeSession, NativeStream } from './binding.ts'

const PROTOCOL = '/webtransport'
const READ_BYTES = 65_536
/** Handed to the native stack and not taken yet; above it, writers must wait. */
const MAX_UNSENT_BYTES = 1_048_576

interface SessionConnectionInit extends AbstractMultiaddrConnectionInit {
  readonly session: NativeSession
}

class SessionConnection extends AbstractMultiaddrConnection {
  readonly #session: NativeSession

  constructor(init: SessionConnectionInit) {
    super(init)
    this.#session = init.session
    const ended = (): void => this.onTransportClosed()
    init.session.closed().then(ended, ended)
  }

  sendData(data: Uint8ArrayList): SendResult {
    return { sentBytes: data.byteLength, canSendMore: true }
  }

  sendReset(): void {
    this.#session.close(1, 'reset')
  }

  async sendClose(): Promise<void> {
    this.#session.close(0, '')
  }

  sendPause(): void {}

  sendResume(): void {}
}

export function connectionOver(init: SessionConnectionInit): MultiaddrConnection {
  return new SessionConnection(init)
}

interface SessionStreamInit extends AbstractStreamInit {
  readonly stream: NativeStream
}

export class SessionStream extends AbstractStream {
  readonly #sender: NativeSender
  readonly #receiver: NativeReceiver
  #writing: Promise<void> = Promise.resolve()
  #unsentBytes = 0
  #isReading = false
  #ended = false

  constructor(init: SessionStreamInit) {
    super(init)
    this.#sender = init.stream.takeSend()
    this.#receiver = init.stream.takeRecv()
    void this.#read()
  }

  async #read(): Promise<void> {
    if (this.#isReading || this.#ended) return
    this.#isReading = true
    try {
      while (this.readStatus !== 'paused') {
        const bytes = await this.#receiver.read(READ_BYTES)
        if (bytes === null) {
          this.#ended = true
          return this.onRemoteCloseWrite()
        }
        this.onData(bytes)
        if (this.readStatus === 'closed' || this.readStatus === 'closing') return
      }
    } catch {
      this.#ended = true
      // A reset by the other side; after our own close nobody waits for it.
      if (this.status === 'open') this.onRemoteReset()
    } finally {
      this.#isReading = false
    }
  }

  sendData(data: Uint8ArrayList): SendResult {
    const bytes = Buffer.from(data.subarray())
    this.#unsentBytes += bytes.length
    this.#writing = this.#writing.then(async () => {
      try {
        await this.#sender.write(bytes)
      } catch {
        // The other side stopped reading or is gone.
        this.onRemoteCloseRead()
      }
      const wasFull = this.#unsentBytes >= MAX_UNSENT_BYTES
      this.#unsentBytes -= bytes.length
      if (wasFull && this.#unsentBytes < MAX_UNSENT_BYTES) this.safeDispatchEvent('drain')
    })
    return { sentBytes: data.byteLength, canSendMore: this.#unsentBytes < MAX_UNSENT_BYTES }
  }

  sendReset(): void {
    this.#sender.reset(0).catch(() => undefined)
    this.#receiver.stop(0).catch(() => undefined)
  }

  async sendCloseWrite(options?: AbortOptions): Promise<void> {
    await this.#writing
    options?.signal?.throwIfAborted()
    await this.#sender.finish().catch(() => undefined)
  }

  async sendCloseRead(): Promise<void> {
    // Not awaited: it waits for a read that is under way.
    this.#receiver.stop(0).catch(() => undefined)
  }

  sendPause(): void {}

  sendResume(): void {
    void this.#read()
  }
}

class SessionMuxer extends AbstractStreamMuxer<SessionStream> {
  readonly #session: NativeSession
  #streams = 0

  constructor(session: NativeSession, connection: MultiaddrConnection) {
    super(connection, { protocol: PROTOCOL, name: 'muxer' })
    this.#session = session
    void this.#accept()
  }

  async #accept(): Promise<void> {
    try {
      for (;;) this.onRemoteStream(this.#wrap(await this.#session.acceptBi(), 'inbound'))
    } catch {
      // The session is over; its connection says so.
    }
  }

  async onCreateStream(options: CreateStreamOptions): Promise<SessionStream> {
    const stream = await this.#session.openBi()
    options.signal?.throwIfAborted()
    return this.#wrap(stream, 'outbound')
  }

  onData(): void {}

  #wrap(stream: NativeStream, direction: MessageStreamDirection): SessionStream {
    return streamOver(stream, direction, this.log, String(this.#streams++))
  }
}

export function streamOver(stream: NativeStream, direction: MessageStreamDirection, log: Logger, id: string): SessionStream {
  return new SessionStream({ stream, id, direction, log: log.newScope(`${direction}:${id}`) })
}

export function muxerOver(session: NativeSession): StreamMuxerFactory {
  return { protocol: PROTOCOL, createStreamMuxer: (connection) => new SessionMuxer(session, connection as MultiaddrConnection) }
}
