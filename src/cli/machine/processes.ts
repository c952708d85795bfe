import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WherryError } from '../../lib/errors.ts'
import type { Layout } from './cluster-file.ts'
import { execute, mustExecute } from './execute.ts'

/** A program that is kept running: `server`, or `agent-NODE`. */
export interface Service {
  readonly name: string
  readonly command: readonly string[]
  readonly description: string
  /** Enters the namespaces of a node before anything else runs: they last as long as what is supervised in them. */
  readonly enter?: readonly string[]
}

/** What is done when the machine starts and when it ends. */
export interface MachineService {
  readonly name: string
  readonly description: string
  readonly atStart: readonly string[]
  readonly atEnd: readonly string[]
}

/** Whoever keeps services running on this machine. */
export interface Supervisor {
  readonly kind: 'systemd' | 'shell'
  start(service: Service): Promise<void>
  stop(name: string): Promise<void>
  /** The process id of the program itself (not of what supervises it); undefined when it does not run. */
  pid(name: string): number | undefined
  /** Where a service's log is, for people, and the command that prints its last lines. */
  log(name: string): { readonly where: string; readonly tail: readonly string[] }
  /**
   * Has a command run once when the machine starts, before the services, and another when it ends, after them; absent
   * where nothing starts by itself.
   */
  readonly followMachine?: (service: MachineService) => Promise<void>
}

/** What `/proc` knows of a process, or undefined when there is none: its command line, words separated by spaces. */
export function commandLineOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    return text === '' ? undefined : text
  } catch {
    return undefined
  }
}

function readPid(file: string, mark: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8').trim())
    // A number alone is not trusted: ids are used again, also over a reboot.
    return Number.isInteger(pid) && pid > 1 && commandLineOf(pid)?.includes(mark) ? pid : undefined
  } catch {
    return undefined
  }
}

/** Waits until `condition` holds; false when `timeoutMs` passes first. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  everyMs = 20,
): Promise<boolean> {
  const end = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > end) return false
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  return true
}

/** Ends a process and waits until it is gone: TERM first, KILL when it does not listen. */
export async function endProcess(pid: number, graceMs = 10_000): Promise<void> {
  const send = (signal: NodeJS.Signals): boolean => {
    try {
      process.kill(pid, signal)
      return true
    } catch {
      return false
    }
  }
  const gone = (): boolean => commandLineOf(pid) === undefined
  if (!send('SIGTERM') || (await waitUntil(gone, graceMs))) return
  send('SIGKILL')
  await waitUntil(gone, 5_000)
}

/** The command line that keeps a service running by our own script, inside the node's namespaces where it has some. */
function supervised({ name, command, enter = [] }: Service, layout: Layout, script: string): readonly string[] {
  return [...enter, '/bin/sh', script, name, layout.run, layout.log, ...command]
}

/** The log of what our own script supervises. */
function logFile(layout: Layout, name: string): string {
  return join(layout.log, `${name}.log`)
}

function fileLog(layout: Layout, name: string): ReturnType<Supervisor['log']> {
  const where = logFile(layout, name)
  return { where, tail: ['tail', '-n', '3', where] }
}

/** Supervision by our own small script (bin/supervise), for machines without systemd. */
export function shellSupervisor(layout: Layout, script: string): Supervisor {
  const supervisorPid = (name: string) => readPid(join(layout.run, `${name}.supervisor`), `supervise ${name} `)
  const pid = (name: string) => readPid(join(layout.run, `${name}.pid`), layout.root)
  return {
    kind: 'shell',
    pid,
    log: (name) => fileLog(layout, name),
    async start(service) {
      const { name } = service
      if (supervisorPid(name) !== undefined) return
      mkdirSync(layout.run, { recursive: true })
      mkdirSync(layout.log, { recursive: true })
      const [program, ...args] = supervised(service, layout, script)
      const child = spawn(program!, args, {
        cwd: '/',
        detached: true,
        stdio: 'ignore',
      })
      child.unref()
      if (!(await waitUntil(() => pid(name) !== undefined, 5_000, 5))) {
        throw new WherryError('unavailable', `${name} did not start.`, {
          hint: `Its log: ${logFile(layout, name)}`,
        })
      }
    },
    async stop(name) {
      const supervisor = supervisorPid(name)
      if (supervisor !== undefined) await endProcess(supervisor, 40_000)
      const left = pid(name)
      if (left !== undefined) await endProcess(left)
      for (const file of [`${name}.pid`, `${name}.supervisor`]) rmSync(join(layout.run, file), { force: true })
    },
  }
}

const UNIT_DIR = '/etc/systemd/system'

/** Quotes one word for ExecStart (systemd.service(5), "Command lines"). */
function unitWord(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('$', '$$$$')
  return /^[\w@%+=:,./$-]+$/.test(escaped) ? escaped : `"${escaped.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** The unit file of a service. Containers outlive the agent, so only the main process is ended. */
export function unitFile({ command, description }: Service, after: string): string {
  return `[Unit]
Description=${description}
After=network-online.target ${after}
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
ExecStart=${command.map(unitWord).join(' ')}
Restart=always
RestartSec=1
KillMode=process
Delegate=yes
LimitNOFILE=1048576
TasksMax=infinity
OOMScoreAdjust=-900

[Install]
WantedBy=multi-user.target
`
}

/** The unit file of what follows the machine. The services come after it where both start, but do not wait for it in `up`. */
export function machineUnitFile({ atStart, atEnd, description }: MachineService): string {
  return `[Unit]
Description=${description}
After=network-online.target
Wants=network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${atStart.map(unitWord).join(' ')}
ExecStop=${atEnd.map(unitWord).join(' ')}
TimeoutStopSec=60

[Install]
WantedBy=multi-user.target
`
}

/** The name of what follows the machine: `stop` takes it away like any service. */
export const MACHINE = 'machine'

/** Supervision by systemd: one unit for each service, started again at boot. */
export function systemdSupervisor(clusterName: string, layout: Layout, script: string): Supervisor {
  const unitOf = (name: string): string => `wherry-${clusterName}-${name}.service`
  const writeUnit = async (name: string, text: string): Promise<void> => {
    const file = join(UNIT_DIR, unitOf(name))
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return
    writeFileSync(file, text)
    await mustExecute('systemctl', ['daemon-reload'])
  }
  return {
    kind: 'systemd',
    pid(name) {
      const { stdout } = spawnSync('systemctl', ['show', '--property=MainPID', '--value', unitOf(name)], {
        encoding: 'utf8',
      })
      const main = Number(stdout) || undefined
      // Where our script is the main process, it knows the program.
      return main === undefined ? undefined : (readPid(join(layout.run, `${name}.pid`), layout.root) ?? main)
    },
    log: (name) =>
      existsSync(logFile(layout, name))
        ? fileLog(layout, name)
        : {
            where: `\`journalctl -u ${unitOf(name)}\``,
            tail: ['journalctl', '-q', '-o', 'cat', '-n', '3', '-u', unitOf(name)],
          },
    async start(service) {
      // A namespaced node's own namespaces must outlive its agent, so our script stays in them and systemd watches over it.
      const command = service.enter === undefined ? service.command : supervised(service, layout, script)
      await writeUnit(service.name, unitFile({ ...service, command }, unitOf(MACHINE)))
      await mustExecute('systemctl', ['enable', '--now', unitOf(service.name)])
    },
    async followMachine(service) {
      await writeUnit(service.name, machineUnitFile(service))
      // What it does at the start is done already: nobody waits for it.
      await mustExecute('systemctl', ['enable', '--now', '--no-block', unitOf(service.name)])
    },
    async stop(name) {
      const file = join(UNIT_DIR, unitOf(name))
      if (!existsSync(file)) return
      await execute('systemctl', ['disable', '--now', unitOf(name)])
      rmSync(file, { force: true })
      await execute('systemctl', ['daemon-reload'])
    },
  }
}

/** Whether systemd runs this machine. */
export function hasSystemd(): boolean {
  return existsSync('/run/systemd/system')
}
