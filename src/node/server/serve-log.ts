import type { ServerResponse } from 'node:http'
import { parseTime } from '../../api/meta/time.ts'
import type { Clock } from '../../lib/clock.ts'
import { WherryError } from '../../lib/errors.ts'
import { readLog } from '../logs/read-log.ts'
import type { LogOptions } from '../logs/read-log.ts'
import type { PodManager } from '../pods/pod-manager.ts'
import { containerWithLog, findPod } from './find-container.ts'
import { acceptWebSocket, offeredProtocols } from './web-socket.ts'
import type { UpgradingClient } from './web-socket.ts'

/** Reads what a client wants of a log. */
export function logOptions(query: URLSearchParams, now: number): LogOptions {
  const number = (name: string): number | undefined => {
    const text = query.get(name)
    if (text === null) return undefined
    const value = Number(text)
    if (Number.isInteger(value) && value >= 0) return value
    throw new WherryError('bad-request', `${name} must be a whole number that is not negative`)
  }
  const isOn = (name: string): boolean => query.get(name) === 'true' || query.get(name) === '1'
  const sinceSeconds = number('sinceSeconds')
  const sinceTime = query.get('sinceTime')
  const sinceMs =
    sinceSeconds !== undefined ? now - sinceSeconds * 1000 : sinceTime === null ? undefined : parseTime(sinceTime)
  const stream = query.get('stream')?.toLowerCase()
  const tailLines = number('tailLines')
  const limitBytes = number('limitBytes')
  return {
    follow: isOn('follow'),
    timestamps: isOn('timestamps'),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(stream === 'stdout' || stream === 'stderr' ? { stream } : {}),
  }
}

function openLog(
  manager: PodManager,
  path: readonly string[],
  query: URLSearchParams,
  clock: Clock,
  signal: AbortSignal,
): AsyncIterable<Buffer> {
  const [namespace = '', podName = '', containerName = ''] = path
  const worker = findPod(manager, namespace, podName)
  const options = logOptions(query, clock.now())
  const container = containerWithLog(
    worker,
    containerName,
    query.get('previous') === 'true' || query.get('previous') === '1',
  )
  const isRunning = (): boolean =>
    worker.observed.containers.some(({ id, state }) => id === container.id && state === 'running')
  return readLog(container.logPath, options, isRunning, signal)
}

/** `/containerLogs/NAMESPACE/POD/CONTAINER`. */
export async function serveLog(
  manager: PodManager,
  path: readonly string[],
  query: URLSearchParams,
  clock: Clock,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const pieces = openLog(manager, path, query, clock, gone.signal)
  response.writeHead(200, { 'content-type': 'text/plain' })
  // A client that follows wants to know at once that it was heard.
  response.flushHeaders()
  for await (const piece of pieces) {
    if (gone.signal.aborted) return
    if (!response.write(piece))
      await new Promise<void>((resolve) => response.once('drain', resolve).once('close', resolve))
  }
  response.end()
}

/** The same for clients that read logs from a WebSocket. */
export async function serveLogOverWebSocket(
  manager: PodManager,
  path: readonly string[],
  clock: Clock,
  client: UpgradingClient,
): Promise<void> {
  const gone = new AbortController()
  const pieces = openLog(manager, path, client.query, clock, gone.signal)
  const offered = offeredProtocols(client.request)
  const protocol = offered.find((name) => name === 'binary.k8s.io' || name === 'base64.binary.k8s.io') ?? ''
  const ws = await acceptWebSocket(client, protocol)
  ws.on('close', () => gone.abort())
  ws.on('error', () => gone.abort())
  for await (const piece of pieces) {
    if (gone.signal.aborted) return
    const message = protocol === 'base64.binary.k8s.io' ? piece.toString('base64') : piece
    await new Promise<void>((resolve) => ws.send(message, () => resolve()))
  }
  ws.close(1000)
}
