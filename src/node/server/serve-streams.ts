import type { Socket } from 'node:net'
import { podContainer } from '../pods/containers.ts'
import { readySandbox } from '../pods/observed.ts'
import type { PodManager } from '../pods/pod-manager.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { WherryError } from '../../lib/errors.ts'
import { chooseProtocol, joinChannels, joinTunnel } from './channels.ts'
import type { Streams } from './channels.ts'
import { findPod, runningContainer } from './find-container.ts'
import { openRuntimeStream } from './runtime-stream.ts'
import type { RuntimeStream } from './runtime-stream.ts'
import { acceptWebSocket, offeredProtocols, wantsWebSocket } from './web-socket.ts'
import type { UpgradingClient } from './web-socket.ts'

export interface StreamFacts {
  readonly manager: PodManager
  readonly runtime: Runtime
}

const processVersions = ['v4.channel.k8s.io']
const forwardVersion = 'portforward.k8s.io'
const tunnelProtocol = 'SPDY/3.1+portforward.k8s.io'

/** `/exec/NAMESPACE/POD/CONTAINER` and `/attach/…`: the streams of a new process in a container, or of its first one. */
export async function serveExec(
  what: 'exec' | 'attach',
  { manager, runtime }: StreamFacts,
  path: readonly string[],
  client: UpgradingClient,
): Promise<void> {
  const [namespace = '', podName = '', containerName = ''] = path
  const worker = findPod(manager, namespace, podName)
  const { id: containerId } = runningContainer(worker, containerName)
  const isOn = (name: string): boolean => client.query.get(name) === '1' || client.query.get(name) === 'true'
  const isAttach = what === 'attach'
  const ownTty = podContainer(worker.pod, containerName)?.spec.tty === true
  const streams: Streams = {
    stdin: isOn('input'),
    stdout: isOn('output'),
    stderr: isOn('error'),
    tty: isAttach ? ownTty : isOn('tty'),
  }
  if (!streams.stdin && !streams.stdout && !streams.stderr) {
    throw new WherryError('bad-request', 'you must specify at least 1 of stdin, stdout, stderr')
  }
  const cmd = client.query.getAll('command')
  const wanted = { containerId, ...streams, stderr: streams.stderr && !streams.tty }
  const open = async (): Promise<string> =>
    (isAttach ? await runtime.attach(wanted) : await runtime.exec({ ...wanted, cmd })).url
  if (!wantsWebSocket(client.request)) {
    const versions = String(client.request.headers['x-stream-protocol-version'] ?? processVersions[0]).split(/\s*,\s*/)
    return passThrough(client, await openRuntimeStream(await open(), versions))
  }
  const protocol = chooseProtocol(offeredProtocols(client.request))
  if (protocol === undefined)
    throw new WherryError(
      'bad-request',
      `none of the protocols ${offeredProtocols(client.request).join(', ')} is spoken`,
    )
  const stream = await openRuntimeStream(await open(), processVersions)
  joinChannels(await acceptWebSocket(client, protocol.name), protocol, stream, streams)
}

/** `/portForward/NAMESPACE/POD`: connections to ports of a pod, its loopback included. */
export async function servePortForward(
  { manager, runtime }: StreamFacts,
  path: readonly string[],
  client: UpgradingClient,
): Promise<void> {
  const [namespace = '', podName = ''] = path
  const sandbox = readySandbox(findPod(manager, namespace, podName).observed)
  if (sandbox === undefined)
    throw new WherryError('bad-request', `unable to forward port because pod ${JSON.stringify(podName)} is not running`)
  const isWebSocket = wantsWebSocket(client.request)
  if (isWebSocket && !offeredProtocols(client.request).includes(tunnelProtocol)) {
    throw new WherryError('bad-request', `ports are forwarded over the protocol ${tunnelProtocol} only`)
  }
  const port = client.query
    .getAll('port')
    .flatMap((text) => text.split(','))
    .map(Number)
    .filter((number) => number > 0)
  const { url } = await runtime.portForward({ podSandboxId: sandbox.id, port })
  const stream = await openRuntimeStream(url, [forwardVersion])
  if (isWebSocket) joinTunnel(await acceptWebSocket(client, tunnelProtocol), stream)
  else passThrough(client, stream)
}

/** A client that speaks what the runtime speaks is joined with it. */
function passThrough(
  { socket, head: fromClient }: UpgradingClient,
  { socket: runtime, answer, head }: RuntimeStream,
): void {
  socket.write(answer)
  if (head.length > 0) socket.write(head)
  if (fromClient.length > 0) runtime.write(fromClient)
  const end = (): void => {
    runtime.destroy()
    socket.destroy()
  }
  for (const one of [socket as Socket, runtime]) {
    one.on('error', end)
    one.on('close', end)
  }
  socket.pipe(runtime)
  runtime.pipe(socket)
}
