import { createConnection } from 'node:net'
import { WherryError } from '../lib/errors.ts'
import { portions } from './maps.ts'

const TIMEOUT_MS = 5_000

/** Says one command to HAProxy and returns what it answers. A payload follows its command line and ends with an empty line. */
export function runtimeCommand(socketPath: string, command: string, payload?: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(socketPath)
    const chunks: Buffer[] = []
    const fail = (cause: Error): void => {
      socket.destroy()
      reject(new WherryError('unavailable', `HAProxy does not answer: ${cause.message}`, { cause }))
    }
    socket.setTimeout(TIMEOUT_MS, () => fail(new Error('no answer in time')))
    socket.on('error', fail)
    socket.on('data', (chunk) => chunks.push(chunk as Buffer))
    socket.on('end', () => {
      socket.destroy()
      resolve(Buffer.concat(chunks).toString('utf8').trim())
    })
    socket.end(payload === undefined ? `${command}\n` : `${command} <<\n${payload.join('\n')}\n\n`)
  })
}

/** Commands in lines, each of which is carried out one command after the other, without another connection. */
export function commandLines(commands: readonly string[]): readonly string[] {
  return portions(commands).map((portion) => portion.join('; '))
}

/** Puts a whole new content into a map at once: requests see the old one or the new one, never a part (management guide, `prepare map`). */
export async function replaceMap(
  socketPath: string,
  map: string,
  portions: readonly (readonly string[])[],
): Promise<void> {
  const answer = await runtimeCommand(socketPath, `prepare map ${map}`)
  const version = /New version created: (\d+)/.exec(answer)?.[1]
  if (version === undefined) throw new WherryError('internal', `HAProxy did not prepare ${map}: ${answer}`)
  for (const portion of portions) {
    const refused = await runtimeCommand(socketPath, `add map @${version} ${map}`, portion)
    if (refused !== '') throw new WherryError('internal', `HAProxy refused entries of ${map}: ${refused}`)
  }
  await runtimeCommand(socketPath, `commit map @${version} ${map}`)
}

export interface ServerState {
  readonly backend: string
  readonly name: string
  readonly address: string
  readonly port: number
  /** Not in maintenance and not draining: it takes new requests. */
  readonly takesRequests: boolean
}

/** Every server that HAProxy has now (`show servers state`, format 1: columns are named in its second line). */
export async function listServers(socketPath: string): Promise<readonly ServerState[]> {
  const lines = (await runtimeCommand(socketPath, 'show servers state')).split('\n')
  const columns =
    lines
      .find((line) => line.startsWith('#'))
      ?.slice(1)
      .trim()
      .split(' ') ?? []
  const at = (fields: readonly string[], column: string): string => fields[columns.indexOf(column)] ?? ''
  return lines
    .filter((line) => line !== '' && !line.startsWith('#') && line.split(' ').length > 5)
    .map((line) => line.split(' '))
    .map((fields) => ({
      backend: at(fields, 'be_name'),
      name: at(fields, 'srv_name'),
      address: at(fields, 'srv_addr'),
      port: Number(at(fields, 'srv_port')),
      takesRequests: at(fields, 'srv_op_state') !== '0' && at(fields, 'srv_admin_state') === '0',
    }))
}

/** How many connections of each server carry a request right now, by `backend/server` (`show servers conn`). */
export async function busyConnections(socketPath: string): Promise<ReadonlyMap<string, number>> {
  const lines = (await runtimeCommand(socketPath, 'show servers conn')).split('\n')
  const columns =
    lines
      .find((line) => line.startsWith('#'))
      ?.slice(1)
      .trim()
      .split(/\s+/) ?? []
  const used = columns.indexOf('used_cur')
  return new Map(
    lines
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const fields = line.trim().split(/\s+/)
        return [fields[0] ?? '', Number(fields[used] ?? 0)] as const
      }),
  )
}

/** How many connections go through each server of a backend that passes them on as they are (`show stat`, in CSV). */
export async function busySessions(socketPath: string, backend: string): Promise<ReadonlyMap<string, number>> {
  const serversOnly = 4
  const lines = (await runtimeCommand(socketPath, `show stat ${backend} ${serversOnly} -1`)).split('\n')
  const columns = lines[0]?.replace(/^# /, '').split(',') ?? []
  const [name, current] = ['svname', 'scur'].map((column) => columns.indexOf(column)) as [number, number]
  return new Map(
    lines
      .slice(1)
      .map((line) => line.split(','))
      .map((fields) => [fields[name] ?? '', Number(fields[current] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  )
}
