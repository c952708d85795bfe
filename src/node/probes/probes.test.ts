import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import type { Http2Server, ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import type { Container, Probe } from '../../api/core/v1.ts'
import { VirtualClock } from '../../lib/clock.ts'
import { makePod } from '../pods/make.test-helper.ts'
import { ContainerProbes } from './container-probes.ts'
import { httpTarget, lookExec, lookGrpc, lookHttp, lookTcp, portOf } from './handlers.ts'
import type { Look } from './handlers.ts'
import { initialState, nextState } from './threshold.ts'
import type { Outcome } from './threshold.ts'

describe('nextState', () => {
  it('changes its verdict after enough outcomes in a row', () => {
    const thresholds = { successThreshold: 2, failureThreshold: 3 }
    const verdicts = (outcomes: Outcome[]): string[] => {
      let state = initialState('readiness')
      return outcomes.map((outcome) => (state = nextState(state, outcome, thresholds)).verdict)
    }
    const [s, f, u]: Outcome[] = ['success', 'failure', 'unknown']
    assert.deepEqual(verdicts([s!, f!, s!, s!]), ['failure', 'failure', 'failure', 'success'])
    assert.deepEqual(verdicts([s!, s!, f!, f!, u!, s!, f!, f!, f!]).slice(2), [
      'success',
      'success',
      'success',
      'success',
      'success',
      'success',
      'failure',
    ])
  })
})

interface Script {
  probes: Partial<Record<'startupProbe' | 'livenessProbe' | 'readinessProbe', Partial<Probe>>>
  outcome: (probe: Probe) => Outcome
  wasReady?: boolean
}

function start({ probes, outcome, wasReady = false }: Script) {
  const clock = new VirtualClock(0)
  const pod = makePod({ containers: [{ name: 'app', ...probes }] })
  const looks: string[] = []
  const seen: string[] = []
  const set = new ContainerProbes(
    {
      container: pod.spec.containers[0]!,
      clock,
      startedAt: 0,
      wasReady,
      look: (probe): Promise<Look> => {
        looks.push(`${probe.exec?.command?.[0]}@${clock.now() / 1000}`)
        return Promise.resolve({ outcome: outcome(probe), output: 'said' })
      },
      changed: () => {},
      saw: (kind, look) => seen.push(`${kind}:${look.outcome}`),
    },
    true,
  )
  return { clock, set, looks, seen }
}

const probe = (name: string, rest: Partial<Probe> = {}): Partial<Probe> => ({
  exec: { command: [name] },
  periodSeconds: 10,
  failureThreshold: 3,
  successThreshold: 1,
  ...rest,
})

describe('ContainerProbes', () => {
  it('is ready at once without probes', () => {
    assert.deepEqual(start({ probes: {}, outcome: () => 'success' }).set.health(), { started: true, ready: true })
  })

  it('waits for the initial delay, then keeps its beat', async () => {
    const { clock, set, looks } = start({
      probes: { readinessProbe: probe('r', { initialDelaySeconds: 5 }) },
      outcome: () => 'success',
    })
    await clock.advance(4000)
    assert.equal(set.health().ready, false)
    await clock.advance(22_000)
    assert.deepEqual(looks, ['r@5', 'r@15', 'r@25'])
    assert.equal(set.health().ready, true)
    set.close()
    await clock.advance(60_000)
    assert.equal(looks.length, 3)
  })

  it('does not look at liveness before the startup probe succeeded', async () => {
    let up = false
    const { clock, set, looks } = start({
      probes: {
        startupProbe: probe('s', { periodSeconds: 2, failureThreshold: 9 }),
        livenessProbe: probe('l'),
        readinessProbe: probe('r'),
      },
      outcome: ({ exec }) => (exec?.command?.[0] === 's' && !up ? 'failure' : 'success'),
    })
    await clock.advance(3000)
    assert.deepEqual(looks, ['s@0', 's@2'])
    assert.deepEqual(set.health(), { started: false, ready: false })
    up = true
    await clock.advance(2000)
    assert.deepEqual(looks.slice(2), ['s@4', 'l@4', 'r@4'])
    assert.deepEqual(set.health(), { started: true, ready: true })
  })

  it('gives up after the threshold, with the grace that the probe says', async () => {
    const { clock, set, looks, seen } = start({
      probes: { livenessProbe: probe('l', { terminationGracePeriodSeconds: 3 }) },
      outcome: () => 'failure',
    })
    await clock.advance(19_000)
    assert.equal(set.health().failed, undefined)
    await clock.advance(60_000)
    assert.deepEqual(set.health().failed, { probe: 'liveness', graceSeconds: 3 })
    assert.equal(looks.length, 3, 'and looks no more')
    assert.deepEqual(seen, Array(3).fill('liveness:failure'))
  })

  it('keeps what was ready before the agent was restarted ready', () => {
    const { set } = start({
      probes: { startupProbe: probe('s'), readinessProbe: probe('r') },
      outcome: () => 'success',
      wasReady: true,
    })
    assert.deepEqual(set.health(), { started: true, ready: true })
  })
})

async function listening<S extends Server | Http2Server>(
  t: { after(run: () => void): void },
  server: S,
): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

describe('looks', () => {
  it('at HTTP: 200 to 399 is a success, redirects are followed at the same host', async (t) => {
    const port = await listening(
      t,
      createServer((request, response) => {
        const code = Number(request.url?.slice(1))
        if (request.url === '/hop') response.writeHead(302, { location: '/204' })
        else if (request.url === '/away') response.writeHead(302, { location: 'http://example.com/' })
        else response.writeHead(code)
        response.end(request.headers['x-a'] as string | undefined)
      }),
    )
    const at = (path: string): Promise<Look> =>
      lookHttp(new URL(`http://127.0.0.1:${port}${path}`), [{ name: 'X-A', value: 'b' }], 1000)
    assert.deepEqual(await at('/200'), { outcome: 'success', output: 'b' })
    assert.equal((await at('/hop')).outcome, 'success')
    assert.equal((await at('/away')).outcome, 'success')
    assert.deepEqual(await at('/500'), { outcome: 'failure', output: 'HTTP probe failed with statuscode: 500' })
  })

  it('at HTTP and TCP: says what the network said', async (t) => {
    const port = await listening(t, createServer())
    assert.equal((await lookTcp('127.0.0.1', port, 1000)).outcome, 'success')
    const { outcome, output } = await lookHttp(new URL('http://127.0.0.1:1/x'), [], 1000)
    assert.deepEqual(
      [outcome, output],
      ['failure', 'Get "http://127.0.0.1:1/x": dial tcp 127.0.0.1:1: connect: connection refused'],
    )
    assert.equal((await lookTcp('127.0.0.1', 1, 1000)).output, 'dial tcp 127.0.0.1:1: connect: connection refused')
  })

  it('at HTTP: does not wait longer than it may', async (t) => {
    const port = await listening(
      t,
      createServer(() => {}),
    )
    const { outcome, output } = await lookHttp(new URL(`http://127.0.0.1:${port}/`), [], 20)
    assert.equal(outcome, 'failure')
    assert.match(output, /deadline exceeded/)
  })

  it('at gRPC: only SERVING is a success', async (t) => {
    let status = 1
    const server = createHttp2Server()
    server.on('stream', (stream: ServerHttp2Stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      stream.end(Buffer.from([0, 0, 0, 0, 2, 8, status]))
    })
    const port = await listening(t, server)
    assert.equal((await lookGrpc('127.0.0.1', port, '', 1000)).outcome, 'success')
    status = 2
    assert.deepEqual(await lookGrpc('127.0.0.1', port, '', 1000), {
      outcome: 'failure',
      output: 'service unhealthy (responded with "NOT_SERVING")',
    })
  })

  it('at a command: by its exit code', async () => {
    const runtime = (exitCode: number) => ({
      execSync: () => Promise.resolve({ stdout: Buffer.from('out'), stderr: Buffer.from('err'), exitCode }),
    })
    assert.deepEqual(await lookExec(runtime(0), 'c', ['x'], 1000), { outcome: 'success', output: 'outerr' })
    assert.equal((await lookExec(runtime(1), 'c', ['x'], 1000)).outcome, 'failure')
  })

  it('finds ports by name, and the pod by default', () => {
    const container = { name: 'app', ports: [{ name: 'web', containerPort: 8080 }] } as unknown as Container
    assert.equal(portOf(container, 'web'), 8080)
    assert.equal(portOf(container, 81), 81)
    assert.throws(() => portOf(container, 'none'), /couldn't find port/)
    assert.equal(
      httpTarget({ port: 'web', path: 'healthz', scheme: 'HTTPS' }, container, '10.0.0.1').href,
      'https://10.0.0.1:8080/healthz',
    )
  })
})
