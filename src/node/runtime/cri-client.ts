import { decode, encode } from './codec.ts'
import type { Table } from './codec.ts'
import { methods } from './cri/messages.ts'
import type { ContainerEventType } from './cri/messages.ts'
import { grpcChannel, GrpcError, GrpcStatus } from './grpc.ts'
import type { CallOptions, GrpcChannel } from './grpc.ts'
import type { Cri, Runtime } from './runtime.ts'

/** How long the runtime may take for a call that nobody gave a deadline; pulls have none. */
const deadlineMsDefault = 120_000

/** A client of the runtime that listens on this socket. It connects when first used, and again when the runtime was restarted. */
export function criClient(socketPath: string): Runtime & { close(): void } {
  const channel = grpcChannel({ socketPath })
  const calls: Record<string, unknown> = {}
  for (const [name, method] of Object.entries(methods)) {
    if (method.stream) continue
    const base: CallOptions = name === 'pullImage' ? {} : { deadlineMs: deadlineMsDefault }
    calls[name] = async (request: object, options?: CallOptions) => {
      const answer = await channel.unary(method.path, encode(method.request, request), { ...base, ...options })
      return decode<unknown>(method.response, answer)
    }
  }
  return { ...(calls as Cri), events: (signal) => events(channel, signal), close: () => channel.close() }
}

/** What happens because we asked for it: whoever did knows already, and would only ask in vain what became of it. */
const BEGINNINGS: ReadonlySet<ContainerEventType> = new Set(['CONTAINER_CREATED_EVENT', 'CONTAINER_STARTED_EVENT'])

async function* events(channel: GrpcChannel, signal: AbortSignal): AsyncIterable<string> {
  try {
    const { path, request, response } = methods.getContainerEvents
    for await (const bytes of channel.stream(path, encode(request, {}), { signal })) {
      const { containerId, containerEventType } = decode(response, bytes)
      if (!BEGINNINGS.has(containerEventType)) yield containerId
    }
  } catch (error) {
    if (!(error instanceof GrpcError) || error.status !== GrpcStatus.unimplemented) throw error
    yield* containerdEvents(channel, signal)
  }
}

interface Envelope {
  topic: string
  event?: { value: Uint8Array }
}
const Envelope: Table<Envelope> = {
  topic: { number: 3, type: 'string' },
  event: { number: 4, type: () => ({ value: { number: 2, type: 'bytes' } }) },
}
const Subscribe: Table<{ filters: string[] }> = { filters: { number: 1, type: 'string', shape: 'list' } }
const TaskEvent: Table<{ containerId: string; id: string }> = {
  containerId: { number: 1, type: 'string' },
  id: { number: 2, type: 'string' },
}

/** containerd before 1.7 has no events in CRI, but events of its own on the same socket. */
async function* containerdEvents(channel: GrpcChannel, signal: AbortSignal): AsyncIterable<string> {
  const topics = ['/tasks/exit', '/tasks/oom', '/tasks/delete']
  const filters = topics.map((topic) => `namespace==k8s.io,topic=="${topic}"`)
  const path = '/containerd.services.events.v1.Events/Subscribe'
  for await (const bytes of channel.stream(path, encode(Subscribe, { filters }), { signal })) {
    const envelope = decode(Envelope, bytes)
    if (envelope.event === undefined) continue
    const { containerId, id } = decode(TaskEvent, envelope.event.value)
    // The exit of a command that was executed in a container carries that command's id.
    if (envelope.topic === '/tasks/exit' && id !== '' && id !== containerId) continue
    yield containerId
  }
}
