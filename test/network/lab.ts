import { execFileSync, spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import assert from 'node:assert/strict'
import { it } from 'node:test'

const INSIDE = 'WHERRY_TEST_LAB'

/**
 * Runs the calling test file once more in a network of its own, and returns whether this is that run. The kernel takes
 * the network and everything in it away when the run ends, however it ends.
 */
export function insideLab(file: string): boolean {
  if (process.env[INSIDE] === file) return true
  it('in a network of its own', { skip: process.getuid?.() === 0 ? false : 'needs root' }, () => {
    const setUp = 'mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns && ip link set lo up && exec "$0" "$@"'
    const { status, signal } = spawnSync(
      'unshare',
      ['--net', '--mount', '--propagation', 'private', 'sh', '-c', setUp, process.execPath, '--test', file],
      { stdio: 'inherit', env: { ...process.env, [INSIDE]: file, NODE_TEST_CONTEXT: undefined } },
    )
    assert.deepEqual({ status, signal }, { status: 0, signal: null })
  })
  return false
}

/** Runs a line of shell and returns what it printed. */
export function sh(line: string): string {
  return execFileSync('sh', ['-ec', line], { encoding: 'utf8' })
}

/** A host of its own: a namespace whose `eth0` is joined to ours by a pair of links. */
export function addHost(
  name: string,
  options: { readonly addresses: readonly string[]; readonly gateway: string },
): void {
  const [first, ...more] = options.addresses
  sh(`
    ip netns add ${name}
    ip link add ${name} type veth peer name eth0 netns ${name}
    ip addr add ${options.gateway} dev ${name}
    ip link set ${name} up
    ip -n ${name} link set lo up
    ip -n ${name} addr add ${first} dev eth0
    ip -n ${name} link set eth0 up
    ip -n ${name} route add default via ${options.gateway.split('/')[0]}
    ${more.map((address) => `ip -n ${name} addr add ${address} dev eth0`).join('\n')}
  `)
}

/** A bridge as pods of a node have it. */
export function addBridge(name: string, address: string): void {
  sh(`
    ip link add ${name} type bridge
    ip addr add ${address} dev ${name}
    ip link set ${name} up
    sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.${name}.route_localnet=1
  `)
}

/** A host behind a bridge, as a pod is. */
export function addPod(
  name: string,
  options: { readonly bridge: string; readonly address: string; readonly gateway: string },
): void {
  sh(`
    ip netns add ${name}
    ip link add ${name} type veth peer name eth0 netns ${name}
    ip link set ${name} master ${options.bridge}
    ip link set ${name} type bridge_slave hairpin on
    ip link set ${name} up
    ip -n ${name} link set lo up
    ip -n ${name} addr add ${options.address} dev eth0
    ip -n ${name} link set eth0 up
    ip -n ${name} route add default via ${options.gateway}
  `)
}

/** Runs a file of ours on a host. */
export function startFileOn(host: string | undefined, file: string, args: readonly string[]): Running {
  return start(host, [process.execPath, file, ...args])
}

/** Runs a program of ours on a host, with what it prints line by line. */
export function startOn(host: string | undefined, script: string, args: readonly string[]): Running {
  return start(host, [process.execPath, '--input-type=module', '-e', script, ...args])
}

function start(host: string | undefined, command: readonly string[]): Running {
  const child =
    host === undefined
      ? spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] })
      : spawn('ip', ['netns', 'exec', host, ...command], { stdio: ['pipe', 'pipe', 'inherit'] })
  return new Running(child)
}

/** A child process; `line` waits for the next line that it prints. */
export class Running implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #closed: Promise<void>
  #text = ''
  #wake: () => void = () => {}

  constructor(child: ChildProcess) {
    this.#child = child
    child.stdout!.on('data', (data: Buffer) => {
      this.#text += data.toString()
      this.#wake()
    })
    this.#closed = new Promise((resolve) => child.on('close', () => resolve()))
    void this.#closed.then(() => this.#wake())
  }

  async line(): Promise<string> {
    while (!this.#text.includes('\n')) {
      if (this.#child.exitCode !== null) throw new Error(`the program ended with ${this.#child.exitCode}`)
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    const end = this.#text.indexOf('\n')
    const line = this.#text.slice(0, end)
    this.#text = this.#text.slice(end + 1)
    return line
  }

  write(text: string): void {
    this.#child.stdin!.write(text)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#closed
  }
}

/** Waits until something holds; the time limit of the test is the only one. */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** Answers each connection on each \`address:port\` with that text and the client's address. */
export const ECHO_SERVER = `
  import { createServer } from 'node:net'
  import { createSocket } from 'node:dgram'
  const wanted = process.argv.slice(1)
  await Promise.all(wanted.map((where) => new Promise((resolve) => {
    const [protocol, address, port] = where.split(':')
    if (protocol === 'tcp') createServer((socket) => {
      socket.on('error', () => {})
      socket.end(address + ':' + port + ' ' + socket.remoteAddress)
    }).listen(Number(port), address, resolve)
    else {
      const socket = createSocket('udp4', (data, from) => socket.send(address + ':' + port + ' ' + from.address, from.port, from.address))
      socket.bind(Number(port), address, resolve)
    }
  })))
  console.log('ready')
`

/** Reads lines of \`protocol:address:port:count\` and prints, for each, what was answered how often as JSON. */
export const CLIENT = `
  import { connect } from 'node:net'
  import { createSocket } from 'node:dgram'
  import { createInterface } from 'node:readline'
  const sockets = new Map()
  const once = { tcp: (address, port) => new Promise((resolve) => {
    const socket = connect(port, address)
    let text = ''
    socket.setTimeout(1500, () => { resolve('timeout'); socket.destroy() })
    socket.on('data', (data) => { text += data })
    socket.on('error', (error) => resolve(error.code))
    socket.on('close', () => resolve(text))
  }), udp: (address, port) => new Promise((resolve) => {
    // One source port for all, as a resolver or a game has: the kernel sees one flow.
    let socket = sockets.get(address + port)
    if (socket === undefined) { sockets.set(address + port, socket = createSocket('udp4')); socket.connect(port, address, send) } else send()
    function send() {
      const timer = setTimeout(() => done('timeout'), 1500)
      const done = (text) => { clearTimeout(timer); socket.removeAllListeners(); resolve(text) }
      socket.once('message', (data) => done(data.toString()))
      socket.once('error', (error) => done(error.code))
      socket.send('?', (error) => { if (error) done(error.code) })
    }
  }) }
  for await (const line of createInterface({ input: process.stdin })) {
    const [protocol, address, port, count] = line.split(':')
    const answers = {}
    for (let i = 0; i < Number(count); i++) {
      const answer = await once[protocol](address, Number(port))
      answers[answer] = (answers[answer] ?? 0) + 1
    }
    console.log(JSON.stringify(answers))
  }
`

/** Asks from a host, and tells how often it got which answer. */
export async function ask(client: Running, where: string, count = 1): Promise<Record<string, number>> {
  client.write(`${where}:${count}\n`)
  return JSON.parse(await client.line()) as Record<string, number>
}
