import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { VirtualClock } from '../../lib/clock.ts'
import { silentLogger } from '../../lib/log.ts'
import type { SaidOfNode } from '../machine/node-narrator.ts'
import { bytesToFree, type Fill, type KeptImage, removable, sight } from './collection.ts'
import { ImageCollector, type ImageCollectorOptions } from './image-collector.ts'

const minuteMs = 60_000
const nobody = (): boolean => false
const image = (id: string, more: Partial<KeptImage> = {}): KeptImage => ({
  id,
  names: [`${id}:1`],
  bytes: 10,
  pinned: false,
  ...more,
})

describe('bytesToFree', () => {
  it('begins at 85 percent and goes down to 80', () => {
    const used = (percent: number): number => bytesToFree({ availableBytes: 100 - percent, capacityBytes: 100 })
    assert.deepEqual([0, 80, 84, 85, 90, 100].map(used), [0, 0, 0, 5, 10, 20])
    assert.equal(bytesToFree({ availableBytes: 200, capacityBytes: 100 }), 0)
  })
})

describe('removable', () => {
  it('lets the image go first that was not used for longest, then the one that is older', () => {
    const images = ['a', 'b', 'c', 'd'].map((id) => image(id))
    let sightings = sight([images[1]!], nobody, new Map(), 0)
    sightings = sight(images, ({ id }) => id === 'a', sightings, minuteMs)
    sightings = sight(images, ({ id }) => id === 'c', sightings, 2 * minuteMs)
    const order = removable(images, nobody, sightings, 10 * minuteMs).map(({ id }) => id)
    assert.deepEqual(order, ['b', 'd', 'a', 'c'])
  })

  it('leaves what is used, pinned or younger than two minutes', () => {
    const images = [image('used'), image('pinned', { pinned: true }), image('young'), image('old')]
    const isUsed = ({ id }: KeptImage): boolean => id === 'used'
    const before = sight([images[0]!, images[1]!, images[3]!], isUsed, undefined, 0)
    const sightings = sight(images, isUsed, before, 5 * minuteMs)
    const at = (now: number): readonly string[] => removable(images, isUsed, sightings, now).map(({ id }) => id)
    assert.deepEqual(at(5 * minuteMs), ['old'])
    assert.deepEqual(at(7 * minuteMs), ['old', 'young'])
  })
})

function world(options: { images: string[]; used?: string[]; wanted?: string[]; fill: () => Fill; refuses?: string }) {
  const clock = new VirtualClock()
  const said: SaidOfNode[] = []
  const present = new Set(options.images)
  const stop = new AbortController()
  const runtime = {
    listImages: () =>
      Promise.resolve({
        images: [...present].map((id) => ({
          id,
          repoTags: [`docker.io/library/${id}:latest`],
          repoDigests: [],
          size: 10,
          username: '',
          pinned: false,
        })),
      }),
    listContainers: () =>
      Promise.resolve({ containers: (options.used ?? []).map((imageRef) => ({ imageRef, imageId: '' })) }),
    removeImage: ({ image: named }: { image?: { image?: string } }) => {
      if (named?.image === options.refuses) return Promise.reject(new Error('no'))
      present.delete(named?.image ?? '')
      return Promise.resolve({})
    },
  } as unknown as ImageCollectorOptions['runtime']
  const collector = new ImageCollector({
    runtime,
    fill: () => Promise.resolve(options.fill()),
    wanted: () => options.wanted ?? [],
    narrator: { say: (one) => void said.push(one) },
    clock,
    log: silentLogger,
    signal: stop.signal,
  })
  return { clock, collector, present, said, stop, reasons: () => said.map(({ reason }) => reason) }
}

describe('ImageCollector', () => {
  it('removes no more than it must, and nothing while there is room', async (t) => {
    let free = 50
    const { clock, collector, present, stop, reasons } = world({
      images: ['a', 'b', 'c', 'd'],
      used: ['a'],
      wanted: ['b'],
      fill: () => ({ availableBytes: free, capacityBytes: 100 }),
    })
    t.after(() => stop.abort())
    void collector.run()
    await clock.advance(minuteMs)
    assert.equal(present.size, 4)
    free = 10
    await clock.advance(5 * minuteMs)
    assert.deepEqual([...present], ['a', 'b', 'd'])
    assert.deepEqual(reasons(), ['ImageRemoved'])
  })

  it('tells at once that there is too little to remove, and of failures when they go on', async (t) => {
    let free = 0
    const { clock, collector, said, stop, reasons } = world({
      images: ['a'],
      fill: () => ({ availableBytes: free, capacityBytes: 100 }),
    })
    t.after(() => stop.abort())
    void collector.run()
    await clock.advance(minuteMs)
    assert.deepEqual(reasons(), ['ImageRemoved', 'FreeDiskSpaceFailed'])
    assert.equal(
      said[1]?.message,
      'Failed to garbage collect required amount of images. Attempted to free 20 bytes, but only found 10 bytes eligible to free.',
    )
    await clock.advance(5 * minuteMs)
    assert.deepEqual(reasons().slice(2), ['FreeDiskSpaceFailed', 'ImageGCFailed'])
    free = 90
    await clock.advance(5 * minuteMs)
    assert.deepEqual([said.at(-1)?.verdict, said.at(-1)?.field], ['done', said.at(-2)?.field])
  })

  it('goes on with the next image when one cannot be removed', async () => {
    const { collector, present, said } = world({
      images: ['a', 'b'],
      fill: () => ({ availableBytes: 10, capacityBytes: 100 }),
      refuses: 'a',
    })
    await collector.collect()
    assert.deepEqual([...present], ['a'])
    assert.deepEqual(
      said.map(({ reason }) => reason),
      ['ImageRemoved'],
    )
  })

  it('removes all that is unused when it is asked to', async () => {
    const { collector, present } = world({
      images: ['a', 'b', 'c'],
      used: ['b'],
      fill: () => ({ availableBytes: 90, capacityBytes: 100 }),
    })
    assert.equal(await collector.removeUnused(), 20)
    assert.deepEqual([...present], ['b'])
    // Whoever asks for it next, by whatever name, can be told.
    assert.match(
      collector.removed('a') ?? '',
      /^Image docker.io\/library\/a:latest was removed: no container uses it, and the node is short of disk \(/,
    )
    assert.equal(collector.removed('b'), undefined)
  })
})
