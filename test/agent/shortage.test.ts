import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Events } from '../../src/api/core/event.ts'
import type { Pod } from '../../src/api/core/v1.ts'
import { realClock } from '../../src/lib/clock.ts'
import { silentLogger } from '../../src/lib/log.ts'
import { ImageCollector } from '../../src/node/images/image-collector.ts'
import { fillOf, imageFolder } from '../../src/node/images/image-disk.ts'
import { ociArchive, tar } from '../../src/node/runtime/oci-archive.ts'
import { pauseImageName } from '../../src/node/runtime/pause-image.ts'
import { insideLab } from '../network/lab.ts'
import { busybox, startWorld, until } from './world.ts'
import type { World } from './world.ts'

const running = (pod: Pod): boolean => pod.status.phase === 'Running'
const stay = { name: 'app', image: busybox, command: ['sh', '-c', 'trap "exit 0" TERM; sleep 1000 & wait'] }

if (insideLab(import.meta.filename)) {
  describe('a node that gives back what it has', () => {
    let world: World
    before(async () => {
      world = await startWorld()
    })
    after(() => world[Symbol.asyncDispose]())

    it('removes images that no container uses, and starts pods as before', async () => {
      const { runtime } = world.agent.containerd
      await world.createPod('user', { containers: [stay] })
      await world.eventually('user', running)
      const spare = 'test.local/spare:1'
      const archive = join(world.dataDir, 'spare.tar')
      const architecture = process.arch === 'x64' ? 'amd64' : 'arm64'
      const layer = tar([{ path: 'file', mode: 0o644, data: Buffer.alloc(100_000, 1) }])
      writeFileSync(archive, ociArchive({ name: spare, architecture, layer, config: {} }))
      await world.agent.containerd.importImages(archive)
      const names = async (): Promise<string[]> =>
        (await runtime.listImages({})).images.flatMap(({ repoTags }) => repoTags).toSorted()
      await until(async () => (await names()).includes(spare))
      const { capacityBytes } = await fillOf(await imageFolder(runtime, world.dataDir))
      const collector = new ImageCollector({
        runtime,
        fill: () => Promise.resolve({ availableBytes: 0, capacityBytes }),
        wanted: () => [pauseImageName],
        narrator: { say: () => {} },
        clock: realClock,
        log: silentLogger,
        signal: new AbortController().signal,
      })
      await collector.collect()
      assert.deepEqual(await names(), [busybox, pauseImageName].toSorted())
      await world.createPod('next', { containers: [stay] })
      await world.eventually('next', running)
    })

    it('evicts a pod whose volume holds more than it may, and takes its files away', async () => {
      const fill = 'dd if=/dev/zero of=/scratch/file bs=1M count=5; sleep 1000'
      const mount = { name: 'scratch', mountPath: '/scratch' }
      const pod = await world.createPod('writer', {
        containers: [{ name: 'app', image: busybox, command: ['sh', '-c', fill], volumeMounts: [mount] }],
        volumes: [{ name: 'scratch', emptyDir: { sizeLimit: '2Mi' } }],
      })
      const { status } = await world.eventually('writer', ({ status: { phase } }) => phase === 'Failed')
      assert.deepEqual(
        [status.reason, status.message],
        ['Evicted', 'Usage of EmptyDir volume "scratch" exceeds the limit "2Mi". '],
      )
      const { runtime } = world.agent.containerd
      await until(async () =>
        (await runtime.listPodSandbox({})).items.every(({ metadata }) => metadata?.uid !== pod.metadata.uid),
      )
      await until(async () =>
        (await world.client.list(Events, { namespace: 'default' })).items.some(
          ({ reason, type, involvedObject }) =>
            reason === 'Evicted' && type === 'Warning' && involvedObject.name === 'writer',
        ),
      )
    })
  })
}
