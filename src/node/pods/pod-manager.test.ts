import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TestContext } from 'node:test'
import { ConfigMaps } from '../../api/core/config-map.ts'
import { Pods } from '../../api/core/pod.ts'
import type { Container, Pod } from '../../api/core/v1.ts'
import type { Draft } from '../../api/meta/schema.ts'
import { startCluster } from '../../../test/cluster/cluster.ts'
import type { ProgramContext } from '../../../test/cluster/cluster.ts'
import type { Clock } from '../../lib/clock.ts'
import { GrpcError, GrpcStatus } from '../runtime/grpc.ts'
import { simulatedRuntime } from '../runtime/simulated.ts'
import type { SimulatedRuntime, SimulatedRuntimeOptions } from '../runtime/simulated.ts'
import type { PodManager } from './pod-manager.ts'
import type { PodNetwork } from './services.ts'
import { startSimulatedNode } from './simulated-node.test-helper.ts'

const nodeName = 'node-a'

interface World {
  /** What the node has for a clock, made of that of the cluster. */
  clock?: (clock: Clock) => Clock
  runtime?: Omit<SimulatedRuntimeOptions, 'clock'>
  network?: PodNetwork
}

async function startWorld(t: TestContext, { runtime: options = {}, network, clock = (given) => given }: World = {}) {
  let runtime!: SimulatedRuntime
  let context!: ProgramContext
  let stop = new AbortController()
  let manager: PodManager | undefined
  const start = () => {
    stop = new AbortController()
    const signal = AbortSignal.any([stop.signal, context.signal])
    return startSimulatedNode({
      ...context,
      clock: clock(context.clock),
      signal,
      runtime,
      nodeName,
      ...(network && { network }),
      began: (begun) => (manager = begun),
    })
  }
  const cluster = await startCluster(t, {
    programs: [
      (given) => {
        context = given
        runtime = simulatedRuntime({ images: ['app:1', 'app:2'], ...options, clock: clock(given.clock) })
        const ended = new Promise<void>((resolve) => given.signal.addEventListener('abort', () => resolve()))
        void start()
        return { isIdle: () => true, ended }
      },
    ],
  })
  const create = (spec: Draft<Pod['spec']>, name = 'web'): Promise<Pod> =>
    cluster.create(Pods, {
      metadata: { name },
      spec: {
        nodeName,
        ...spec,
        containers: (spec.containers ?? [{ name: 'app' }]).map((container) => ({ image: 'app:1', ...container })),
      },
    })
  const eventually = async (holds: (pod: Pod) => boolean, name = 'web'): Promise<Pod> => {
    let found: Pod | undefined
    await cluster.eventually(Pods, (pods) => {
      found = pods.find(({ metadata }) => metadata.name === name)
      assert.ok(found !== undefined && holds(found), JSON.stringify(found?.status))
    })
    return found!
  }
  const restart = async (): Promise<void> => {
    stop.abort()
    await start()
  }
  return {
    cluster,
    runtime,
    create,
    eventually,
    restart,
    worker: (name = 'web') => manager!.find('default', name)!,
    calls: (name: string) => runtime.calls.filter((call) => call === name).length,
  }
}

const running = (pod: Pod): boolean => pod.status.phase === 'Running'
const first = (pod: Pod) => pod.status.containerStatuses?.[0]
const app = (rest: Draft<Container>): Draft<Container> => ({ name: 'app', ...rest })

describe('the pods of a simulated node', () => {
  it('starts a pod with as few calls as it takes', async (t) => {
    const { create, eventually, runtime } = await startWorld(t)
    await create({})
    const pod = await eventually(running)
    assert.match(pod.status.podIP ?? '', /^10\.244\./)
    const makes = runtime.calls.filter((call) => /^(run|create|start|stop|remove)/.test(call))
    assert.deepEqual(makes, ['runPodSandbox', 'createContainer', 'startContainer'])
  })

  it('fails a pod that is evicted, at once and with the reason', async (t) => {
    const { create, eventually, worker, cluster, calls, runtime } = await startWorld(t, {
      runtime: { behave: () => ({ stopsAfterMs: 20_000 }) },
    })
    await create({})
    await eventually(running)
    const begun = cluster.clock.now()
    worker().evict('The node was low on resource: memory. ')
    const { status } = await eventually(({ status: { phase } }) => phase === 'Failed')
    assert.deepEqual([status.reason, status.message], ['Evicted', 'The node was low on resource: memory. '])
    const target = status.conditions?.find(({ type }) => type === 'DisruptionTarget')
    assert.deepEqual(
      [target?.status, target?.reason, target?.message],
      ['True', 'TerminationByKubelet', status.message],
    )
    assert.equal(status.containerStatuses?.[0]?.state.terminated?.exitCode, 137)
    assert.ok(cluster.clock.now() - begun < 5_000)
    assert.equal(calls('createContainer'), 1)
    // What it had of the disk is given back, and what was said of it stays.
    await cluster.advance(60_000)
    assert.deepEqual((await runtime.listContainers({})).containers, [])
    const afterwards = (await cluster.get(Pods, 'web')).status
    assert.deepEqual(afterwards.containerStatuses, status.containerStatuses)
  })

  it('takes away what is left of a pod that has ended when it is asked to', async (t) => {
    const { create, eventually, worker, cluster, runtime } = await startWorld(t, {
      runtime: { behave: () => ({ endsAfterMs: 100 }) },
    })
    await create({ restartPolicy: 'Never' })
    const pod = await eventually(({ status: { phase } }) => phase === 'Succeeded')
    await cluster.advance(1000)
    assert.equal((await runtime.listContainers({})).containers.length, 1)
    await worker().discard()
    await cluster.advance(60_000)
    assert.deepEqual((await runtime.listContainers({})).containers, [])
    const afterwards = (await cluster.get(Pods, 'web')).status
    assert.deepEqual([afterwards.phase, afterwards.containerStatuses], ['Succeeded', pod.status.containerStatuses])
    await cluster.delete(Pods, pod)
    await cluster.eventually(Pods, (pods) => assert.deepEqual(pods, []))
  })

  it('waits between restarts as long as Kubernetes does', async (t) => {
    const starts: number[] = []
    const { cluster, create, eventually } = await startWorld(t, {
      runtime: { behave: () => (starts.push(starts.length), { endsAfterMs: 100, exitCode: 1 }) },
    })
    await create({})
    await eventually((pod) => first(pod)?.state.waiting?.reason === 'CrashLoopBackOff')
    const begun = cluster.clock.now()
    const pod = await eventually((seen) => first(seen)?.restartCount === 4)
    // 10 s, 20 s and 40 s lie between the first restart and the fourth.
    assert.ok(cluster.clock.now() - begun >= 70_000)
    assert.equal(starts.length, 5)
    assert.equal(first(pod)?.lastState.terminated?.exitCode, 1)
  })

  it('keeps its appointments also when the clock moves while it decides', async (t) => {
    let looks = 0
    const { create, eventually } = await startWorld(t, {
      clock: (clock) => ({
        now: () => clock.now() + (looks++ % 2 === 0 ? 0 : 0.9),
        after: (delayMs, run) => clock.after(delayMs, run),
        sleep: (delayMs, signal) => clock.sleep(delayMs, signal),
      }),
      runtime: { behave: () => ({ endsAfterMs: 100, exitCode: 1 }) },
    })
    await create({})
    await eventually((pod) => first(pod)?.restartCount === 6)
  })

  it('retries what the runtime could not do, and says so meanwhile', async (t) => {
    let failures = 2
    const { create, eventually, cluster } = await startWorld(t, {
      runtime: {
        before: (call) => {
          if (call === 'createContainer' && failures-- > 0) throw new GrpcError(GrpcStatus.unknown, 'no space left')
        },
      },
    })
    await create({})
    await eventually((pod) => first(pod)?.state.waiting?.reason === 'CreateContainerError')
    await eventually(running)
    assert.ok(
      cluster.decisions.some(({ reason, message }) => reason === 'CreateContainerError' && message === 'no space left'),
    )
  })

  it('waits for a runtime that is away', async (t) => {
    let isAway = true
    const { create, eventually } = await startWorld(t, {
      runtime: {
        before: (call) => {
          if (isAway && call !== 'listPodSandbox' && call !== 'listContainers')
            throw new GrpcError(GrpcStatus.unavailable, 'connection refused')
        },
      },
    })
    await create({})
    await eventually((pod) => pod.status.phase === 'Pending')
    isAway = false
    await eventually(running)
  })

  it('takes over what runs, and does nothing to it', async (t) => {
    const { create, eventually, restart, cluster, calls } = await startWorld(t)
    await create({})
    const before = await eventually(running)
    await restart()
    await cluster.advance(60_000)
    const after = await eventually(running)
    assert.equal(after.metadata.resourceVersion, before.metadata.resourceVersion)
    assert.equal(calls('startContainer'), 1)
    assert.equal(calls('stopContainer'), 0)
  })

  it('removes what the API forgot while no agent was there', async (t) => {
    const { create, eventually, restart, cluster, runtime } = await startWorld(t)
    await create({}, 'kept')
    await create({}, 'lost')
    await eventually(running, 'kept')
    await eventually(running, 'lost')
    const stopping = restart()
    await cluster.delete(Pods, { metadata: { namespace: 'default', name: 'lost' } }, { gracePeriodSeconds: 0 })
    await stopping
    await cluster.advance(60_000)
    assert.equal(runtime.running().length, 1)
  })

  it('gives a pod the time to end that it asks for, and less when it is asked to hurry', async (t) => {
    const { create, eventually, cluster } = await startWorld(t, {
      runtime: { behave: () => ({ stopsAfterMs: 3_600_000 }) },
    })
    await create({ terminationGracePeriodSeconds: 600 })
    await eventually(running)
    await cluster.delete(Pods, { metadata: { namespace: 'default', name: 'web' } })
    await cluster.advance(60_000)
    assert.ok(await cluster.find(Pods, 'web'))
    await cluster.delete(Pods, { metadata: { namespace: 'default', name: 'web' } }, { gracePeriodSeconds: 5 })
    const begun = cluster.clock.now()
    await cluster.eventually(Pods, (pods) => assert.equal(pods.length, 0))
    assert.ok(cluster.clock.now() - begun < 60_000)
  })

  it('tells containers to end only when the network has let go of the pod, but not later than its grace', async (t) => {
    let release = (): void => {}
    const network: PodNetwork = { drained: () => new Promise((resolve) => (release = resolve)) }
    const { create, eventually, cluster, calls } = await startWorld(t, { network })
    for (const name of ['one', 'two']) {
      await create({ terminationGracePeriodSeconds: 30 }, name)
      await eventually(running, name)
      await cluster.delete(Pods, { metadata: { namespace: 'default', name } })
      await cluster.advance(5000)
      assert.equal(calls('stopContainer'), name === 'one' ? 0 : 1)
      if (name === 'one') release()
      await cluster.eventually(Pods, (pods) => assert.ok(!pods.some(({ metadata }) => metadata.name === name)))
    }
    assert.equal(calls('stopContainer'), 2)
  })

  it('makes a new sandbox when the old one ended', async (t) => {
    const { create, eventually, runtime, calls } = await startWorld(t)
    await create({})
    await eventually(running)
    runtime.endSandbox('web')
    const pod = await eventually((seen) => first(seen)?.restartCount === 1 && first(seen)?.state.running !== undefined)
    assert.equal(pod.status.phase, 'Running')
    assert.equal(calls('runPodSandbox'), 2)
  })

  it('restarts a container for a new image', async (t) => {
    const { create, eventually, cluster } = await startWorld(t)
    const pod = await create({})
    await eventually(running)
    await cluster.client.patch(
      Pods,
      { namespace: 'default', name: 'web' },
      { spec: { containers: [{ name: 'app', image: 'app:2' }] } },
      { type: 'strategic' },
    )
    const after = await eventually((seen) => first(seen)?.image === 'app:2' && first(seen)?.state.running !== undefined)
    assert.equal(first(after)?.restartCount, 1)
    assert.equal(after.metadata.uid, pod.metadata.uid)
  })

  it('follows generations', async (t) => {
    const { create, eventually, cluster } = await startWorld(t)
    await create({})
    const before = await eventually(running)
    assert.equal(before.status.observedGeneration, before.metadata.generation)
    await cluster.client.patch(
      Pods,
      { namespace: 'default', name: 'web' },
      { spec: { activeDeadlineSeconds: 10_000 } },
      { type: 'merge' },
    )
    await eventually(
      (pod) =>
        pod.metadata.generation === (before.metadata.generation ?? 0) + 1 &&
        pod.status.observedGeneration === pod.metadata.generation,
    )
  })

  it('starts a container when the ConfigMap that it needs comes', async (t) => {
    const { create, eventually, cluster } = await startWorld(t)
    await create({ containers: [app({ envFrom: [{ configMapRef: { name: 'late' } }] })] })
    await eventually((pod) => first(pod)?.state.waiting?.message === 'configmap "late" not found')
    await cluster.create(ConfigMaps, { metadata: { name: 'late' }, data: {} })
    await cluster.settle()
    await eventually(running)
  })
})
