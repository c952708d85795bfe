import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { logTail } from '../logs/read-log.ts'
import type { Container, ContainerStatus, PodSandbox } from '../runtime/cri/messages.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { isWherryError } from '../../lib/errors.ts'
import { annotations, labels } from './labels.ts'
import { newestFirst } from './observed.ts'
import type { Observed, ObservedContainer, ObservedSandbox } from './observed.ts'

export interface ObserveOptions {
  readonly runtime: Runtime
  readonly podsDir: string
}

const messageBytesMax = 4096
const fallbackLines = 80
const fallbackBytesMax = 2048

/** Asks the runtime for all it has of a pod. What is known of `before` and cannot have changed is not asked again. */
export async function observePod(uid: string, before: Observed, options: ObserveOptions): Promise<Observed> {
  const labelSelector = { [labels.podUid]: uid }
  const [{ items }, { containers }] = await Promise.all([
    options.runtime.listPodSandbox({ filter: { labelSelector } }),
    options.runtime.listContainers({ filter: { labelSelector } }),
  ])
  return await describeListed(uid, items, containers, before, options)
}

/** The same from lists that somebody else asked for. */
export async function describeListed(
  uid: string,
  sandboxes: readonly PodSandbox[],
  containers: readonly Container[],
  before: Observed,
  options: ObserveOptions,
): Promise<Observed> {
  const [seenSandboxes, seenContainers] = await Promise.all([
    Promise.all(sandboxes.map((sandbox) => describeSandbox(sandbox, before, options.runtime))),
    Promise.all(containers.map((container) => describeContainer(uid, container, before, options))),
  ])
  return {
    sandboxes: newestFirst(seenSandboxes.filter((sandbox) => sandbox !== undefined)),
    containers: newestFirst(seenContainers.filter((container) => container !== undefined)),
  }
}

/** Whether a list shows another state than what was seen before. */
export function differs(sandboxes: readonly PodSandbox[], containers: readonly Container[], before: Observed): boolean {
  if (sandboxes.length !== before.sandboxes.length || containers.length !== before.containers.length) return true
  return (
    sandboxes.some(
      ({ id, state }) => before.sandboxes.find((one) => one.id === id)?.ready !== (state === 'SANDBOX_READY'),
    ) || containers.some(({ id, state }) => before.containers.find((one) => one.id === id)?.state !== states[state])
  )
}

const states: Readonly<Record<Container['state'], ObservedContainer['state']>> = {
  CONTAINER_CREATED: 'created',
  CONTAINER_RUNNING: 'running',
  CONTAINER_EXITED: 'exited',
  CONTAINER_UNKNOWN: 'unknown',
}

async function describeSandbox(
  { id, metadata, state, createdAt }: PodSandbox,
  before: Observed,
  runtime: Runtime,
): Promise<ObservedSandbox | undefined> {
  const ready = state === 'SANDBOX_READY'
  const known = before.sandboxes.find((sandbox) => sandbox.id === id)
  if (known !== undefined) return known.ready === ready ? known : { ...known, ready }
  const sandbox = { id, attempt: metadata?.attempt ?? 0, ready, createdAt: createdAt / 1e6 }
  return ready ? await withAddresses(runtime, sandbox) : { ...sandbox, ips: [] }
}

/** A sandbox with the addresses that it was given; undefined when it is gone meanwhile. */
export async function withAddresses(
  runtime: Runtime,
  sandbox: Omit<ObservedSandbox, 'ips'>,
): Promise<ObservedSandbox | undefined> {
  try {
    const { status } = await runtime.podSandboxStatus({ podSandboxId: sandbox.id })
    const { ip = '', additionalIps = [] } = status?.network ?? {}
    return { ...sandbox, ips: [ip, ...additionalIps.map((more) => more.ip)].filter((address) => address !== '') }
  } catch (error) {
    if (isWherryError(error, 'not-found')) return undefined
    throw error
  }
}

async function describeContainer(
  uid: string,
  listed: Container,
  before: Observed,
  options: ObserveOptions,
): Promise<ObservedContainer | undefined> {
  const known = before.containers.find(({ id }) => id === listed.id)
  const state = states[listed.state]
  if (known !== undefined && known.state === state) return known
  return await describeById(uid, listed.id, listed.podSandboxId, options)
}

/** A container as the runtime shows it now; undefined when it is gone. */
async function describeById(
  uid: string,
  id: string,
  sandboxId: string,
  { runtime, podsDir }: ObserveOptions,
): Promise<ObservedContainer | undefined> {
  try {
    const { status } = await runtime.containerStatus({ containerId: id })
    return status === undefined ? undefined : await describe(uid, status, sandboxId, podsDir)
  } catch (error) {
    if (isWherryError(error, 'not-found')) return undefined
    throw error
  }
}

/** A container from its status, with the message that it left when it ended. */
async function describe(
  uid: string,
  status: ContainerStatus,
  sandboxId: string,
  podsDir: string,
): Promise<ObservedContainer> {
  const { metadata, annotations: noted, startedAt, finishedAt } = status
  const name = metadata?.name ?? status.labels[labels.containerName] ?? ''
  const attempt = metadata?.attempt ?? 0
  const state = states[status.state]
  const said = state === 'exited' ? await terminationMessage(status, terminationLog(podsDir, uid, name, attempt)) : ''
  return {
    id: status.id,
    name,
    sandboxId,
    state,
    attempt,
    createdAt: status.createdAt / 1e6,
    startedAt: startedAt > 0 ? startedAt / 1e6 : undefined,
    finishedAt: finishedAt > 0 ? finishedAt / 1e6 : undefined,
    exitCode: status.exitCode,
    reason: status.reason,
    message: [status.message, said].filter((text) => text !== '').join(': '),
    image: status.image?.image ?? '',
    imageId: status.imageRef,
    wantedImage: noted[annotations.image] ?? '',
    restartDelayMs: Number(noted[annotations.restartDelayMs] ?? 0),
    resources: readResources(noted[annotations.resources]),
    logPath: status.logPath,
  }
}

function readResources(text: string | undefined): ObservedContainer['resources'] {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as ObservedContainer['resources'])
  } catch {
    return undefined
  }
}

/** The file on this node that a container sees at its `terminationMessagePath`. */
export function terminationLog(podsDir: string, uid: string, name: string, attempt: number): string {
  return join(podsDir, uid, 'containers', name, String(attempt))
}

async function terminationMessage(status: ContainerStatus, path: string): Promise<string> {
  const text = firstBytes(path)
  if (text !== '') return text
  const fallback = status.annotations[annotations.terminationMessagePolicy] === 'FallbackToLogsOnError'
  if (!fallback || status.exitCode === 0 || status.logPath === '') return ''
  return await logTail(status.logPath, fallbackLines, fallbackBytesMax)
}

function firstBytes(path: string): string {
  try {
    const fd = openSync(path, 'r')
    try {
      const buffer = Buffer.alloc(messageBytesMax)
      return buffer.subarray(0, readSync(fd, buffer, 0, messageBytesMax, 0)).toString()
    } finally {
      closeSync(fd)
    }
  } catch {
    return ''
  }
}
