import { Namespaces } from '../api/core/namespace.ts'
import { VirtualClock } from '../lib/clock.ts'
import { silentLogger } from '../lib/log.ts'
import { seededRandom } from '../lib/random.ts'
import { memoryStore } from '../store/memory.ts'
import type { Store } from '../store/store.ts'
import type { ApiRequest, ApiServer, ApiServerOptions, ObjectApi, Sink } from './api-server.ts'
import { createApiServer } from './api-server.ts'
import { Identity } from './authn/identity.ts'
import { Permit } from './authz/permit.ts'

export interface TestServer {
  readonly server: ApiServer
  readonly api: ObjectApi
  readonly store: Store
  readonly clock: VirtualClock
  /** One request; a body that is no text is sent as JSON. */
  send(line: string, body?: unknown, headers?: Record<string, string>): Promise<TestResponse>
  /** Begins a watch and gathers what it says. */
  watch(path: string, headers?: Record<string, string>): Promise<TestWatch>
}

export interface TestResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly bytes: Buffer
  readonly text: string
  /** The body as JSON. */
  readonly json: any
}

export interface TestWatch {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly chunks: Buffer[]
  /** Events so far, as JSON. */
  events(): any[]
  isEnded(): boolean
  /** Holds the connection up, as a slow reader does, and lets it go again. */
  block(): void
  unblock(): void
  close(): void
}

export const ADMIN = Identity.of('admin', ['system:masters', 'system:authenticated'])

/** A server in memory whose clock stands still, with the namespace `default`, that lets everybody do everything. */
export async function startTestServer(
  options: Pick<Partial<ApiServerOptions>, 'admission' | 'callHook' | 'frontProxy'> = {},
): Promise<TestServer> {
  const clock = new VirtualClock()
  const store = memoryStore({ clock })
  const server = createApiServer({
    store,
    clock,
    random: seededRandom(1),
    authenticate: () => ADMIN,
    authorize: (identity, target) => Permit.grant(identity, target),
    admission: [],
    ...options,
    log: silentLogger,
    release: '0.0.0-test',
  })
  const api = server.as(ADMIN)
  await api.create(Namespaces, { metadata: { name: 'default' } })
  return {
    server,
    api,
    store,
    clock,
    async send(line, body, headers = {}) {
      const { status, headers: answered, body: parts } = await server.handle(requestOf(line, body, headers))
      const bytes = typeof parts === 'function' ? await gather(parts) : Buffer.concat(parts)
      const text = bytes.toString()
      return {
        status,
        headers: answered,
        bytes,
        text,
        get json() {
          return JSON.parse(text)
        },
      }
    },
    async watch(path, headers = {}) {
      const { status, headers: answered, body } = await server.handle(requestOf(`GET ${path}`, undefined, headers))
      if (typeof body !== 'function') throw new Error(`no watch: ${status} ${Buffer.concat(body).toString()}`)
      return { status, headers: answered, ...recordingSink(body) }
    },
  }
}

function requestOf(line: string, body: unknown, headers: Record<string, string>): ApiRequest {
  const [method, url] = line.split(' ') as [string, string]
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : (JSON.stringify(body) ?? ''))
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  return {
    method,
    url,
    headers: { ...type, ...headers },
    body: async () => bytes,
    signal: new AbortController().signal,
  }
}

function gather(body: (sink: Sink) => void): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    body({
      write: (chunk) => chunks.push(chunk) > 0,
      end: () => resolve(Buffer.concat(chunks)),
      backlogBytes: () => 0,
      onDrain: () => {},
      onClose: () => {},
    })
  })
}

function recordingSink(body: (sink: Sink) => void): Omit<TestWatch, 'status' | 'headers'> {
  const chunks: Buffer[] = []
  const onDrain: (() => void)[] = []
  const onClose: (() => void)[] = []
  let isBlocked = false
  let isEnded = false
  const close = (): void => {
    if (isEnded) return
    isEnded = true
    for (const run of onClose) run()
  }
  body({
    write: (chunk) => chunks.push(chunk) > 0 && !isBlocked,
    end: close,
    backlogBytes: () => 0,
    onDrain: (run) => onDrain.push(run),
    onClose: (run) => onClose.push(run),
  })
  return {
    chunks,
    events: () =>
      Buffer.concat(chunks)
        .toString()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
    isEnded: () => isEnded,
    block: () => (isBlocked = true),
    unblock() {
      isBlocked = false
      for (const run of onDrain) run()
    },
    close,
  }
}

export function makeConfigMap(name: string, data: Record<string, string> = { key: 'value' }): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data }
}

export function makePod(name: string, spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...metadata },
    spec: { containers: [{ name: 'main', image: 'busybox' }], ...spec },
  }
}
