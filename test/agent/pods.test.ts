import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { ConfigMaps } from '../../src/api/core/config-map.ts'
import { Pods } from '../../src/api/core/pod.ts'
import { Secrets } from '../../src/api/core/secret.ts'
import type { Container, ContainerStatus, Pod } from '../../src/api/core/v1.ts'
import type { Draft } from '../../src/api/meta/schema.ts'
import { insideLab } from '../network/lab.ts'
import { busybox, startWorld, until } from './world.ts'
import type { World } from './world.ts'

const running = (pod: Pod): boolean => pod.status.phase === 'Running'
const ready = (pod: Pod): boolean => pod.status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
const first = (pod: Pod): ContainerStatus | undefined => pod.status.containerStatuses?.[0]
const sh = (script: string, rest: Draft<Container> = {}): Draft<Container> => ({
  name: 'app',
  image: busybox,
  command: ['sh', '-c', script],
  ...rest,
})
/** Stays, and ends at once when it is told to. */
const stay = (rest: Draft<Container> = {}): Draft<Container> => sh('trap "exit 0" TERM; sleep 1000 & wait', rest)

if (insideLab(import.meta.filename)) {
  describe('pods of a node', () => {
    let world: World
    before(async () => {
      world = await startWorld()
    })
    after(() => world[Symbol.asyncDispose]())

    const eventuallyLogs = (name: string, text: string, container?: string): Promise<void> =>
      until(() => Promise.resolve(world.log(name, container).includes(text)))

    it('runs a container, with its address, name, hosts, token and variables', async () => {
      await world.createPod('plain', {
        hostAliases: [{ ip: '1.2.3.4', hostnames: ['alias'] }],
        subdomain: 'sub',
        containers: [
          sh(
            'hostname; hostname -i; grep alias /etc/hosts; cat /etc/resolv.conf; wc -c < /var/run/secrets/kubernetes.io/serviceaccount/token; echo $WHO-$(nproc >/dev/null && echo ok); sleep 1000',
            {
              env: [
                { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
                { name: 'WHO', value: '$(IP)' },
              ],
            },
          ),
        ],
      })
      const pod = await world.eventually('plain', running)
      await eventuallyLogs('plain', '-ok')
      const log = world.log('plain')
      assert.match(log, /^plain\n/)
      assert.match(log, /1\.2\.3\.4\talias/)
      assert.match(log, /search default\.svc\.cluster\.local svc\.cluster\.local cluster\.local/)
      assert.match(log, /nameserver 10\.96\.0\.10/)
      assert.match(log, /^\d{3,}$/m)
      assert.ok(log.includes(`${pod.status.podIP}-ok`))
      assert.ok(ready(await world.eventually('plain', ready)))
      assert.equal(pod.status.qosClass, 'BestEffort')
    })

    it('runs init containers in order, keeps a sidecar beside the app, and stops it last', async () => {
      await world.createPod('order', {
        volumes: [{ name: 'shared', emptyDir: {} }],
        initContainers: [
          sh('echo one >> /s/log', { name: 'one', volumeMounts: [{ name: 'shared', mountPath: '/s' }] }),
          sh('trap "echo side ends >> /s/log; exit 0" TERM; echo side >> /s/log; touch /up; sleep 1000 & wait', {
            name: 'side',
            restartPolicy: 'Always',
            startupProbe: { exec: { command: ['cat', '/up'] }, periodSeconds: 1 },
            volumeMounts: [{ name: 'shared', mountPath: '/s' }],
          }),
          sh('echo two >> /s/log', { name: 'two', volumeMounts: [{ name: 'shared', mountPath: '/s' }] }),
        ],
        containers: [
          sh('trap "echo app ends >> /s/log; exit 0" TERM; echo app >> /s/log; sleep 1000 & wait', {
            volumeMounts: [{ name: 'shared', mountPath: '/s' }],
          }),
        ],
      })
      const pod = await world.eventually('order', (seen) => running(seen) && ready(seen))
      const path = `${world.dataDir}/pods/${pod.metadata.uid}/volumes/empty-dir/shared/log`
      let text = ''
      const deleted = world.client.delete(Pods, { namespace: 'default', name: 'order' })
      await until(() => {
        text = readFileSync(path, 'utf8')
        return Promise.resolve(text.includes('side ends'))
      }).catch(() => {})
      await deleted
      await world.gone('order')
      assert.equal(text, 'one\nside\ntwo\napp\napp ends\nside ends\n')
    })

    it('starts a container again when it ends, and waits longer each time', async () => {
      await world.createPod('loops', {
        containers: [sh('echo last words; echo it went wrong > /dev/termination-log; exit 3')],
      })
      const pod = await world.eventually('loops', (seen) => first(seen)?.state.waiting?.reason === 'CrashLoopBackOff')
      const status = first(pod)!
      assert.equal(status.restartCount, 1)
      assert.equal(status.lastState.terminated?.exitCode, 3)
      assert.equal(status.lastState.terminated?.message, 'it went wrong\n')
      assert.match(
        status.state.waiting?.message ?? '',
        /^back-off 10s restarting failed container=app pod=loops_default\(/,
      )
      assert.equal(pod.status.phase, 'Running')
      const said = world.decisions.find(({ about, reason }) => about.name === 'loops' && reason === 'ContainerFailed')
      assert.deepEqual(said?.because[0]?.facts?.['lastLogLines'], ['last words'])
    })

    it('takes the end of the log for a message that a failed container did not leave', async () => {
      await world.createPod('fallback', {
        restartPolicy: 'Never',
        containers: [sh('echo from the log; exit 1', { terminationMessagePolicy: 'FallbackToLogsOnError' })],
      })
      const pod = await world.eventually('fallback', (seen) => seen.status.phase === 'Failed')
      assert.equal(first(pod)?.state.terminated?.message, 'from the log\n')
    })

    it('ends a pod as its containers end', async () => {
      await world.createPod('once', { restartPolicy: 'Never', containers: [sh('exit 0')] })
      await world.createPod('retries', {
        restartPolicy: 'OnFailure',
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [sh('test -e /v/x || { touch /v/x; exit 1; }', { volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
      })
      await world.createPod('init-fails', {
        restartPolicy: 'Never',
        initContainers: [sh('exit 1', { name: 'init' })],
        containers: [stay()],
      })
      await world.eventually('once', (seen) => seen.status.phase === 'Succeeded')
      const retried = await world.eventually('retries', (seen) => seen.status.phase === 'Succeeded')
      assert.equal(first(retried)?.restartCount, 1)
      const failed = await world.eventually('init-fails', (seen) => seen.status.phase === 'Failed')
      assert.equal(first(failed)?.state.waiting?.reason, 'PodInitializing')
    })

    it('says what a container refers to that is not there, and starts it when it comes', async () => {
      await world.createPod('refers', {
        containers: [
          stay({
            env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'late', key: 'a' } } }],
            envFrom: [{ secretRef: { name: 'late' } }],
          }),
        ],
      })
      const waiting = await world.eventually(
        'refers',
        (seen) => first(seen)?.state.waiting?.reason === 'CreateContainerConfigError',
      )
      assert.match(first(waiting)?.state.waiting?.message ?? '', /secret "late" not found/)
      await world.client.create(Secrets, { metadata: { namespace: 'default', name: 'late' }, data: { B: 'Yg==' } })
      await world.eventually('refers', (seen) => first(seen)?.state.waiting?.message === 'configmap "late" not found')
      await world.client.create(ConfigMaps, { metadata: { namespace: 'default', name: 'late' }, data: { other: 'x' } })
      await world.eventually(
        'refers',
        (seen) => first(seen)?.state.waiting?.message === "couldn't find key a in ConfigMap default/late",
      )
      await world.client.patch(
        ConfigMaps,
        { namespace: 'default', name: 'late' },
        { data: { a: 'x' } },
        { type: 'merge' },
      )
      await world.eventually('refers', running)
    })

    it('restarts what its liveness probe gives up, and counts one by one', async () => {
      await world.createPod('unwell', {
        terminationGracePeriodSeconds: 1,
        containers: [
          stay({
            livenessProbe: {
              exec: { command: ['cat', '/none'] },
              periodSeconds: 1,
              failureThreshold: 1,
              terminationGracePeriodSeconds: 1,
            },
          }),
        ],
      })
      const pod = await world.eventually('unwell', (seen) => first(seen)?.restartCount === 1)
      assert.equal(first(pod)?.lastState.terminated?.exitCode, 0)
      assert.ok(
        world.decisions.some(({ about, reason }) => about.name === 'unwell' && reason === 'LivenessProbeFailed'),
      )
    })

    it('is ready when its probe says so', async () => {
      await world.createPod('served', {
        containers: [
          sh('mkdir /w; httpd -f -p 8080 -h /w', {
            ports: [{ name: 'web', containerPort: 8080 }],
            readinessProbe: { httpGet: { path: '/ok', port: 'web' }, periodSeconds: 1, failureThreshold: 1 },
          }),
        ],
      })
      const pod = await world.eventually('served', running)
      assert.equal(ready(pod), false)
      await until(() =>
        Promise.resolve(
          world.decisions.some(
            ({ about, message }) =>
              about.name === 'served' && message === 'Readiness probe failed: HTTP probe failed with statuscode: 404',
          ),
        ),
      )
      const id = first(pod)!.containerID!.replace('containerd://', '')
      await world.agent.containerd.runtime.execSync({ containerId: id, cmd: ['touch', '/w/ok'], timeout: 5 })
      await world.eventually('served', ready)
    })

    it('runs hooks, and tells a container to end only when nobody sends it work any more', async () => {
      const drained = Promise.withResolvers<void>()
      world.drained = (pod) => (pod.metadata.name === 'hooked' ? drained.promise : Promise.resolve())
      await world.createPod('hooked', {
        terminationGracePeriodSeconds: 30,
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [
          sh('trap "echo term >> /v/log; exit 0" TERM; sleep 1000 & wait', {
            volumeMounts: [{ name: 'v', mountPath: '/v' }],
            lifecycle: {
              postStart: { exec: { command: ['sh', '-c', 'echo started >> /v/log'] } },
              preStop: { exec: { command: ['sh', '-c', 'echo stopping >> /v/log'] } },
            },
          }),
        ],
      })
      const pod = await world.eventually('hooked', ready)
      const path = `${world.dataDir}/pods/${pod.metadata.uid}/volumes/empty-dir/v/log`
      assert.equal(readFileSync(path, 'utf8'), 'started\n')
      await world.client.delete(Pods, { namespace: 'default', name: 'hooked' })
      await until(() => Promise.resolve(readFileSync(path, 'utf8') === 'started\nstopping\n'))
      assert.ok(running((await world.getPod('hooked'))!), 'and it still runs')
      let text = ''
      drained.resolve()
      await until(() => {
        text = readFileSync(path, 'utf8')
        return Promise.resolve(text.includes('term'))
      }).catch(() => {})
      await world.gone('hooked')
      assert.equal(text, 'started\nstopping\nterm\n')
    })

    it('kills what does not end in time', async () => {
      await world.createPod('stubborn', { containers: [sh('trap "" TERM; while true; do sleep 1; done')] })
      await world.eventually('stubborn', running)
      const begun = Date.now()
      await world.client.delete(Pods, { namespace: 'default', name: 'stubborn' }, { gracePeriodSeconds: 1 })
      await world.gone('stubborn')
      assert.ok(Date.now() - begun > 900)
    })

    it('ends a pod that is over its deadline', async () => {
      await world.createPod('late', { activeDeadlineSeconds: 1, containers: [stay()] })
      const pod = await world.eventually('late', (seen) => seen.status.phase === 'Failed')
      assert.equal(pod.status.reason, 'DeadlineExceeded')
    })

    it('limits processors and memory, and says when memory ran out', async () => {
      await world.createPod('limited', {
        containers: [
          stay({ resources: { requests: { cpu: '100m', memory: '32Mi' }, limits: { cpu: '500m', memory: '64Mi' } } }),
        ],
      })
      const pod = await world.eventually('limited', running)
      assert.equal(pod.status.qosClass, 'Burstable')
      const dir = `wherry-test-${process.pid}/kubepods/burstable/pod${pod.metadata.uid}`
      const id = first(pod)!.containerID!.replace('containerd://', '')
      const read = (v1: string, v2: string): string => {
        try {
          return readFileSync(`/sys/fs/cgroup/${v1}`, 'utf8').trim()
        } catch {
          return readFileSync(`/sys/fs/cgroup/${v2}`, 'utf8').trim()
        }
      }
      assert.equal(read(`memory/${dir}/${id}/memory.limit_in_bytes`, `${dir}/${id}/memory.max`), String(64 << 20))
      assert.equal(read(`memory/${dir}/memory.limit_in_bytes`, `${dir}/memory.max`), String(64 << 20))
      assert.match(read(`cpu/${dir}/${id}/cpu.cfs_quota_us`, `${dir}/${id}/cpu.max`), /^50000/)

      await world.createPod('greedy', {
        restartPolicy: 'Never',
        containers: [
          sh('x=$(dd if=/dev/zero bs=1M count=200 2>/dev/null | tr "\\0" x); echo ${#x}', {
            resources: { limits: { memory: '32Mi' } },
          }),
        ],
      })
      const greedy = await world.eventually('greedy', (seen) => seen.status.phase === 'Failed')
      assert.equal(first(greedy)?.state.terminated?.reason, 'OOMKilled')
    })

    it('runs as whom, and with the rights, that the pod asks for', async () => {
      await world.createPod('secured', {
        restartPolicy: 'Never',
        volumes: [{ name: 'v', emptyDir: {} }],
        securityContext: {
          runAsUser: 1234,
          runAsGroup: 99,
          fsGroup: 77,
          supplementalGroups: [55],
          sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '33' }],
        },
        containers: [
          sh(
            'id; grep -E "NoNewPrivs|CapBnd|Seccomp:" /proc/self/status; touch /x 2>&1; touch /v/mine && ls -ln /v; cat /proc/sys/net/ipv4/ip_unprivileged_port_start',
            {
              volumeMounts: [{ name: 'v', mountPath: '/v' }],
              securityContext: {
                readOnlyRootFilesystem: true,
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
                seccompProfile: { type: 'RuntimeDefault' },
              },
            },
          ),
        ],
      })
      await world.eventually('secured', (seen) => seen.status.phase === 'Succeeded')
      const log = world.log('secured')
      assert.match(log, /uid=1234 gid=99 groups=.*55.*77/)
      assert.match(log, /CapBnd:\t0000000000000000/)
      assert.match(log, /NoNewPrivs:\t1/)
      assert.match(log, /Seccomp:\t2/)
      assert.match(log, /Read-only file system/)
      assert.match(log, /1234 +77 .*mine/)
      assert.match(log, /^33$/m)
    })

    it('refuses to run as root what must not', async () => {
      await world.createPod('rootless', { securityContext: { runAsNonRoot: true }, containers: [stay()] })
      const pod = await world.eventually(
        'rootless',
        (seen) => first(seen)?.state.waiting?.reason === 'CreateContainerConfigError',
      )
      assert.match(first(pod)?.state.waiting?.message ?? '', /container has runAsNonRoot and image will run as root/)
    })

    it("shares the node's network and a pod's processes where it is asked to", async () => {
      await world.createPod('shared', {
        hostNetwork: true,
        shareProcessNamespace: true,
        containers: [
          sh(
            'head -1 /etc/hosts; while ! ps | grep -q "sleep 77[7]"; do sleep 0.1; done; ps | grep -v grep; sleep 1000',
          ),
          sh('sleep 777', { name: 'other' }),
        ],
      })
      const pod = await world.eventually('shared', running)
      assert.equal(pod.status.podIP, '127.0.0.1')
      await eventuallyLogs('shared', 'sleep 777')
      assert.match(world.log('shared'), /# Kubernetes-managed hosts file \(host network\)\./)
      assert.match(world.log('shared'), /\/pause/)
    })

    it('says why an image cannot be had', async () => {
      const cases: [string, string, Draft<Container>][] = [
        ['never', 'ErrImageNeverPull', { image: 'test.local/none:1', imagePullPolicy: 'Never' }],
        ['badname', 'InvalidImageName', { image: 'Not An Image' }],
        ['unreachable', 'ImagePullBackOff', { image: '127.0.0.1:1/none:1' }],
      ]
      for (const [name, , rest] of cases) await world.createPod(name, { containers: [stay(rest)] })
      for (const [name, reason] of cases) {
        const pod = await world.eventually(name, (seen) => first(seen)?.state.waiting?.reason === reason)
        assert.ok(first(pod)?.state.waiting?.message)
      }
    })

    it('adds an ephemeral container to a pod that runs, in the namespaces of another one', async () => {
      await world.createPod('looked-into', { containers: [stay()] })
      await world.eventually('looked-into', running)
      const ephemeralContainers = [
        { name: 'debug', image: busybox, command: ['sh', '-c', 'ps; sleep 1000'], targetContainerName: 'app' },
      ]
      await world.client.patch(
        Pods,
        { namespace: 'default', name: 'looked-into' },
        { spec: { ephemeralContainers } },
        { type: 'strategic', subresource: 'ephemeralcontainers' },
      )
      await world.eventually(
        'looked-into',
        (seen) => seen.status.ephemeralContainerStatuses?.[0]?.state.running !== undefined,
      )
      await eventuallyLogs('looked-into', 'sleep 1000', 'debug')
    })

    it('refuses a pod that does not fit', async () => {
      await world.createPod('big', { containers: [stay({ resources: { requests: { cpu: '1000' } } })] })
      const pod = await world.eventually('big', (seen) => seen.status.phase === 'Failed')
      assert.equal(pod.status.reason, 'OutOfcpu')
    })

    it('gives a running container more or less without a restart, unless it asks for one', async () => {
      const resources = { requests: { cpu: '100m', memory: '32Mi' }, limits: { cpu: '200m', memory: '64Mi' } }
      await world.createPod('resized', {
        containers: [
          stay({ resources }),
          stay({
            name: 'restarts',
            resources,
            resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }],
          }),
        ],
      })
      const before = await world.eventually('resized', ready)
      const resize = (name: string, wanted: object): Promise<Pod> =>
        world.client.patch(
          Pods,
          { namespace: 'default', name: 'resized' },
          { spec: { containers: [{ name, resources: wanted }] } },
          { type: 'strategic', subresource: 'resize' },
        )
      const limits = (pod: Pod, name: string) =>
        pod.status.containerStatuses?.find((status) => status.name === name)?.resources?.limits
      await resize('app', { requests: { cpu: '150m' }, limits: { cpu: '0.3', memory: '80Mi' } })
      const after = await world.eventually('resized', (pod) => limits(pod, 'app')?.['memory'] === '80Mi')
      assert.equal(first(after)?.containerID, first(before)?.containerID)
      const id = first(after)!.containerID!.replace('containerd://', '')
      const { stdout } = await world.agent.containerd.runtime.execSync({
        containerId: id,
        cmd: [
          'sh',
          '-c',
          'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null; cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu.max 2>/dev/null; true',
        ],
        timeout: 5,
      })
      assert.match(Buffer.from(stdout).toString(), new RegExp(`^${80 << 20}\n30000`))
      await resize('restarts', { limits: { memory: '96Mi' } })
      const restarted = await world.eventually('resized', (pod) => limits(pod, 'restarts')?.['memory'] === '96Mi')
      assert.equal(restarted.status.containerStatuses?.find(({ name }) => name === 'restarts')?.restartCount, 1)
      await resize('app', { requests: { cpu: '1000' }, limits: { cpu: '1000' } })
      const pending = await world.eventually(
        'resized',
        (pod) => pod.status.conditions?.some(({ type }) => type === 'PodResizePending') === true,
      )
      assert.equal(pending.status.conditions?.find(({ type }) => type === 'PodResizePending')?.reason, 'Infeasible')
      assert.equal(limits(pending, 'app')?.['cpu'], '300m')
    })

    it('starts again what was killed from outside', async () => {
      await world.createPod('killed', { containers: [stay()] })
      const before = await world.eventually('killed', running)
      const id = first(before)!.containerID!.replace('containerd://', '')
      const { info } = await world.agent.containerd.runtime.containerStatus({ containerId: id, verbose: true })
      process.kill((JSON.parse(info['info']!) as { pid: number }).pid, 'SIGKILL')
      const pod = await world.eventually(
        'killed',
        (seen) => first(seen)?.restartCount === 1 && first(seen)?.state.running !== undefined,
      )
      assert.equal(first(pod)?.lastState.terminated?.exitCode, 137)
    })
  })
}
