import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { Nodes } from '../../src/api/core/node.ts'
import { Leases } from '../../src/api/coordination/lease.ts'
import { Pods } from '../../src/api/core/pod.ts'
import type { Pod } from '../../src/api/core/v1.ts'
import { insideLab } from '../network/lab.ts'
import { busybox, nodeName, startWorld, until } from './world.ts'
import type { World } from './world.ts'

const running = (pod: Pod): boolean => pod.status.phase === 'Running'
const ready = (pod: Pod): boolean => pod.status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
const idOf = (pod: Pod): string | undefined => pod.status.containerStatuses?.[0]?.containerID
const stay = { name: 'app', image: busybox, command: ['sh', '-c', 'trap "exit 0" TERM; sleep 1000 & wait'] }

if (insideLab(import.meta.filename)) {
  describe('what outlives the agent', () => {
    let world: World
    before(async () => {
      world = await startWorld()
    })
    after(() => world[Symbol.asyncDispose]())

    it('is taken over by the next agent, and not touched', async () => {
      await world.createPod('kept', {
        containers: [{ ...stay, readinessProbe: { exec: { command: ['true'] }, periodSeconds: 1 } }],
        initContainers: [{ ...stay, name: 'side', restartPolicy: 'Always' }],
      })
      const before = await world.eventually('kept', ready)
      const { resourceVersion } = before.metadata
      await world.restartAgent()
      const worker = world.agent.pods.find('default', 'kept')
      assert.equal(worker?.observed.containers.length, 2)
      await until(() => Promise.resolve(worker?.observed.containers.every(({ state }) => state === 'running') === true))
      const after = (await world.getPod('kept'))!
      assert.equal(idOf(after), idOf(before))
      assert.equal(after.metadata.resourceVersion, resourceVersion, 'nothing about it was written')
    })

    it('is stopped when the API forgot it while no agent ran', async () => {
      await world.createPod('forgotten', { containers: [stay] })
      const pod = await world.eventually('forgotten', running)
      const dir = `${world.dataDir}/memory/${pod.metadata.uid}`
      assert.ok(existsSync(dir))
      // The agent of this moment must not see it go.
      const restarting = world.restartAgent()
      await world.client.delete(Pods, { namespace: 'default', name: 'forgotten' }, { gracePeriodSeconds: 0 })
      await restarting
      const { runtime } = world.agent.containerd
      await until(async () =>
        (await runtime.listPodSandbox({})).items.every(({ metadata }) => metadata?.name !== 'forgotten'),
      )
      await until(() => Promise.resolve(!existsSync(dir)))
    })

    it('goes on while containerd is killed and comes back', async () => {
      await world.createPod('durable', { containers: [stay] })
      const before = await world.eventually('durable', running)
      process.kill(world.agent.containerd.pid()!, 'SIGKILL')
      await world.createPod('next', { containers: [stay] })
      await world.eventually('next', running)
      const after = (await world.getPod('durable'))!
      assert.equal(idOf(after), idOf(before))
      assert.equal(after.status.containerStatuses?.[0]?.restartCount, 0)
    })

    it('gets a new sandbox when its own was killed', async () => {
      await world.createPod('boxed', { containers: [stay] })
      const before = await world.eventually('boxed', running)
      const { runtime } = world.agent.containerd
      const sandbox = world.agent.pods.find('default', 'boxed')!.observed.sandboxes[0]!
      const { info } = await runtime.podSandboxStatus({ podSandboxId: sandbox.id, verbose: true })
      process.kill((JSON.parse(info['info']!) as { pid: number }).pid, 'SIGKILL')
      const after = await world.eventually(
        'boxed',
        (pod) => idOf(pod) !== idOf(before) && pod.status.containerStatuses?.[0]?.state.running !== undefined,
      )
      assert.equal(after.status.containerStatuses?.[0]?.restartCount, 1)
    })

    it('is a node that says how it is, and that it lives', async () => {
      const node = await world.client.get(Nodes, { name: nodeName })
      assert.equal(node.metadata.labels?.['kubernetes.io/hostname'], nodeName)
      assert.equal(node.status.conditions?.find(({ type }) => type === 'Ready')?.status, 'True')
      assert.ok(Number(node.status.capacity?.['cpu']) > 0)
      assert.ok(node.status.images?.some(({ names }) => names?.includes(busybox)))
      await until(
        async () =>
          (await world.client.get(Leases, { namespace: 'kube-node-lease', name: nodeName })).spec.holderIdentity ===
          nodeName,
      )
      await world.client.delete(Nodes, { name: nodeName })
      await until(async () => (await world.client.get(Nodes, { name: nodeName })) !== undefined)
    })
  })
}
