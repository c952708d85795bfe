import { request as requestHttp } from 'node:http'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { request as requestHttps } from 'node:https'
import { connect } from 'node:net'
import type { Container, EphemeralContainer, HTTPGetAction, Pod } from '../../api/core/v1.ts'
import { isWherryError, WherryError } from '../../lib/errors.ts'
import { decode, encode } from '../runtime/codec.ts'
import type { Table } from '../runtime/codec.ts'
import { grpcChannel } from '../runtime/grpc.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Outcome } from './threshold.ts'

/** What a look saw, in words for a person. */
export interface Look {
  readonly outcome: Outcome
  readonly output: string
}

/** Of an answer no more is read, and of a command's output no more is kept. */
const outputBytesMax = 10 * 1024
const redirectsMax = 10

/** The port that a number or a name stands for. */
export function portOf(container: Container | EphemeralContainer, port: number | string): number {
  const number = Number(port)
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number
  const named = (container.ports ?? []).find(({ name }) => name === port)
  if (named === undefined)
    throw new WherryError('invalid', `couldn't find port: ${JSON.stringify(port)} in container ${container.name}`)
  return named.containerPort
}

/** Where an HTTP action goes: the pod's own address unless it names a host. */
export function httpTarget(action: HTTPGetAction, container: Container | EphemeralContainer, podIp: string): URL {
  const host = action.host || podIp
  const scheme = (action.scheme ?? 'HTTP').toLowerCase()
  const path = action.path ?? '/'
  return new URL(
    `${scheme}://${host.includes(':') ? `[${host}]` : host}:${portOf(container, action.port)}${path.startsWith('/') ? path : `/${path}`}`,
  )
}

/** Asks a URL; certificates are not checked, since a pod's address is in none. */
export async function get(
  url: URL,
  headers: HTTPGetAction['httpHeaders'],
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<{ status: number; location: string | undefined; body: string }> {
  const all: Record<string, string[]> = { 'user-agent': ['kube-probe/1.36'], accept: ['*/*'], connection: ['close'] }
  const given = new Set<string>()
  for (const { name, value = '' } of headers ?? []) {
    const key = name.toLowerCase()
    if (given.has(key)) all[key]!.push(value)
    else all[key] = [value]
    given.add(key)
  }
  // An empty value takes a default header away.
  for (const key of ['user-agent', 'accept']) if (all[key]!.join('') === '') delete all[key]
  const options: RequestOptions = { headers: all, agent: false, ...(signal === undefined ? {} : { signal }) }
  return await new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage): void => {
      const chunks: Buffer[] = []
      let length = 0
      const done = (): void => {
        clearTimeout(timer)
        response.destroy()
        const body = Buffer.concat(chunks).subarray(0, outputBytesMax).toString()
        resolve({ status: response.statusCode ?? 0, location: response.headers.location, body })
      }
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        length += chunk.length
        if (length >= outputBytesMax) done()
      })
      response.on('end', done)
      response.on('error', reject)
    }
    const request =
      url.protocol === 'https:'
        ? requestHttps(url, { ...options, rejectUnauthorized: false }, answered)
        : requestHttp(url, options, answered)
    const timer = setTimeout(() => {
      request.destroy(new Error('context deadline exceeded (Client.Timeout exceeded while awaiting headers)'))
    }, timeoutMs)
    request.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    request.end()
  })
}

/** Any answer from 200 to 399 is a success; a redirect is followed as long as it stays at the same host. */
export async function lookHttp(url: URL, headers: HTTPGetAction['httpHeaders'], timeoutMs: number): Promise<Look> {
  let target = url
  try {
    for (let hops = 0; hops < redirectsMax; hops++) {
      const { status, location, body } = await get(target, headers, timeoutMs)
      if (status < 200 || status >= 400)
        return { outcome: 'failure', output: `HTTP probe failed with statuscode: ${status}` }
      const next = status >= 300 && location !== undefined ? new URL(location, target) : undefined
      if (next === undefined) return { outcome: 'success', output: body }
      if (next.hostname !== url.hostname)
        return { outcome: 'success', output: `Probe terminated redirects, Response body: ${body}` }
      target = next
    }
    return { outcome: 'failure', output: `Get "${url.href}": stopped after ${redirectsMax} redirects` }
  } catch (error) {
    return { outcome: 'failure', output: `Get "${target.href}": ${complaint(error, target.host)}` }
  }
}

/** A connection that opens is a success. */
export function lookTcp(host: string, port: number, timeoutMs: number): Promise<Look> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (look: Look): void => {
      socket.destroy()
      resolve(look)
    }
    const where = `${host}:${port}`
    socket.setTimeout(timeoutMs, () => end({ outcome: 'failure', output: `dial tcp ${where}: i/o timeout` }))
    socket.on('connect', () => end({ outcome: 'success', output: '' }))
    socket.on('error', (error) => end({ outcome: 'failure', output: complaint(error, where) }))
  })
}

/** What Node says of a socket, as users of Kubernetes know it. */
function complaint(error: unknown, where: string): string {
  const { code, message } = error as NodeJS.ErrnoException
  const known: Record<string, string> = {
    ECONNREFUSED: 'connect: connection refused',
    EHOSTUNREACH: 'connect: no route to host',
    ENETUNREACH: 'connect: network is unreachable',
    ETIMEDOUT: 'i/o timeout',
    ECONNRESET: 'read: connection reset by peer',
  }
  const words = code === undefined ? undefined : known[code]
  return words === undefined ? message : `dial tcp ${where}: ${words}`
}

/** A command that ends with 0 is a success. */
export async function lookExec(
  runtime: Pick<Runtime, 'execSync'>,
  containerId: string,
  cmd: readonly string[],
  timeoutMs: number,
): Promise<Look> {
  try {
    const timeout = Math.ceil(timeoutMs / 1000)
    const { stdout, stderr, exitCode } = await runtime.execSync(
      { containerId, cmd, timeout },
      { deadlineMs: timeoutMs + 10_000 },
    )
    const output = Buffer.concat([stdout, stderr]).subarray(0, outputBytesMax).toString()
    return { outcome: exitCode === 0 ? 'success' : 'failure', output }
  } catch (error) {
    if (isWherryError(error, 'timeout')) {
      return {
        outcome: 'failure',
        output: `command timed out: ${JSON.stringify(cmd.join(' '))} timed out after ${timeoutMs / 1000}s`,
      }
    }
    return { outcome: 'unknown', output: error instanceof Error ? error.message : String(error) }
  }
}

const HealthCheckRequest: Table<{ service: string }> = { service: { number: 1, type: 'string' } }
const HealthCheckResponse: Table<{ status: string }> = {
  status: { number: 1, type: { enum: { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } } },
}

/** Asks the standard gRPC health service. */
export async function lookGrpc(host: string, port: number, service: string, timeoutMs: number): Promise<Look> {
  const channel = grpcChannel({ host, port })
  try {
    const request = encode(HealthCheckRequest, { service })
    const answer = await channel.unary('/grpc.health.v1.Health/Check', request, { deadlineMs: timeoutMs })
    const { status } = decode(HealthCheckResponse, answer)
    if (status === 'SERVING') return { outcome: 'success', output: 'service healthy' }
    return { outcome: 'failure', output: `service unhealthy (responded with "${status}")` }
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    if (isWherryError(error, 'timeout')) {
      return { outcome: 'failure', output: `timeout: health rpc did not complete within ${timeoutMs / 1000}s` }
    }
    return { outcome: 'failure', output: `error: health rpc failed: ${words}` }
  } finally {
    channel.close()
  }
}

/** The pod's address as its probes reach it. */
export function probeAddress(pod: Pod, podIp: string, hostIp: string): string {
  return pod.spec.hostNetwork === true ? hostIp : podIp
}
