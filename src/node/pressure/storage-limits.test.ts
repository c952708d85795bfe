import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { Pod } from '../../api/core/v1.ts'
import type { Draft } from '../../api/meta/schema.ts'
import { labels } from '../pods/labels.ts'
import { makePod } from '../pods/make.test-helper.ts'
import { podUses } from './pod-uses.ts'
import type { PodUse } from './ranking.ts'
import { hasStorageLimits, overStorageLimit } from './storage-limits.ts'

const mib = 2 ** 20
const limited = (limit: string, name = 'app'): Draft<Pod['spec']['containers'][number]> => ({
  name,
  resources: { limits: { 'ephemeral-storage': limit } },
})
const volume: Draft<Pod['spec']> = { volumes: [{ name: 'scratch', emptyDir: { sizeLimit: '10Mi' } }] }

describe('overStorageLimit', () => {
  const said = (
    spec: Draft<Pod['spec']>,
    { containers = {}, volumes = {} }: { containers?: Record<string, number>; volumes?: Record<string, number> },
  ): string | undefined => {
    const bytes = Object.entries(containers).map(([name, size]) => ({ name, memoryBytes: 0, diskBytes: size * mib }))
    const inVolumes = new Map(Object.entries(volumes).map(([name, size]) => [name, size * mib]))
    const diskBytes = [...bytes.map((one) => one.diskBytes), ...inVolumes.values()].reduce((sum, one) => sum + one, 0)
    return overStorageLimit({
      pod: makePod(spec),
      memoryBytes: 0,
      diskBytes,
      inodes: 0,
      volumes: inVolumes,
      containers: bytes,
    })
  }

  it('says it as the kubelet does', () => {
    assert.equal(said(volume, { volumes: { scratch: 10 } }), undefined)
    assert.equal(
      said(volume, { volumes: { scratch: 11 } }),
      'Usage of EmptyDir volume "scratch" exceeds the limit "10Mi". ',
    )
    const two = { ...volume, containers: [limited('5Mi', 'a'), limited('100Mi', 'b')] }
    assert.equal(said(two, { containers: { a: 5, b: 90 }, volumes: { scratch: 10 } }), undefined)
    assert.equal(
      said(two, { containers: { a: 6, b: 1 } }),
      'Container a exceeded its local ephemeral storage limit "5Mi". ',
    )
    assert.equal(
      said(two, { containers: { a: 5, b: 95 }, volumes: { scratch: 10 } }),
      'Pod ephemeral local storage usage exceeds the total limit of containers 105Mi. ',
    )
  })

  it('lets whom the cluster depends on go on', () => {
    assert.equal(said({ ...volume, priority: 2_000_000_000 }, { volumes: { scratch: 11 } }), undefined)
  })
})

describe('podUses', () => {
  it('adds up what a pod writes into layers, logs and volumes, of those that are to be measured', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wherry-uses-'))
    try {
      const [podsDir, logDir] = [join(folder, 'pods'), join(folder, 'log')]
      const pods = [makePod(volume, { uid: 'a', name: 'a' }), makePod({}, { uid: 'b', name: 'b' })]
      for (const { metadata } of pods) {
        const scratch = join(podsDir, metadata.uid, 'volumes', 'empty-dir', 'scratch')
        const log = join(logDir, `default_${metadata.name}_${metadata.uid}`, 'app')
        for (const dir of [scratch, log]) {
          mkdirSync(dir, { recursive: true })
          writeFileSync(join(dir, 'file'), Buffer.alloc(mib, 1))
        }
      }
      const stats = pods.map(({ metadata: { uid } }) => ({
        attributes: {
          id: uid,
          metadata: { name: 'app', attempt: 0 },
          labels: { [labels.podUid]: uid },
          annotations: {},
        },
        memory: { workingSetBytes: { value: 7 } },
        writableLayer: { usedBytes: { value: 2 * mib }, inodesUsed: { value: 3 } },
      }))
      const usesWhen = (copiesImages: boolean): Promise<readonly PodUse[]> =>
        podUses(
          {
            runtime: { listContainerStats: () => Promise.resolve({ stats: stats as never }) },
            workers: () => pods.map((pod) => ({ uid: pod.metadata.uid, pod, isActive: true })),
            podsDir,
            logDir,
            copiesImages,
          },
          hasStorageLimits,
        )
      const inMib = (bytes: number | undefined): number => Math.round((bytes ?? 0) / mib)
      const shown = ({ memoryBytes, diskBytes, volumes, containers }: PodUse): unknown => [
        memoryBytes,
        inMib(diskBytes),
        inMib(volumes.get('scratch')),
        inMib(containers[0]?.diskBytes),
      ]
      assert.deepEqual((await usesWhen(false)).map(shown), [
        [7, 4, 1, 3],
        [7, 2, 0, 2],
      ])
      assert.deepEqual((await usesWhen(true)).map(shown), [
        [7, 2, 1, 1],
        [7, 0, 0, 0],
      ])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
