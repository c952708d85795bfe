/** An image that the runtime keeps. */
export interface KeptImage {
  readonly id: string
  /** Names by which it is known, tags first. */
  readonly names: readonly string[]
  readonly bytes: number
  readonly pinned: boolean
}

/** When an image appeared and was last seen in use; milliseconds since the epoch, 0 for before anybody looked. */
export interface Sighting {
  readonly firstSeenAt: number
  readonly lastUsedAt: number
}

/** How full the disk of the images is. */
export interface Fill {
  readonly availableBytes: number
  readonly capacityBytes: number
}

/** From when on images are removed, down to where, and how young one may not be (kubelet's defaults). */
export const collection = { highPercent: 85, lowPercent: 80, minAgeMs: 120_000 } as const

/** What is known of images after a look at them. What was there at the first look counts as old. Pure. */
export function sight(
  images: readonly KeptImage[],
  isInUse: (image: KeptImage) => boolean,
  before: ReadonlyMap<string, Sighting> | undefined,
  now: number,
): ReadonlyMap<string, Sighting> {
  return new Map(
    images.map((image) => {
      const known = before?.get(image.id) ?? { firstSeenAt: before === undefined ? 0 : now, lastUsedAt: 0 }
      return [image.id, isInUse(image) ? { ...known, lastUsedAt: now } : known]
    }),
  )
}

/** How full a disk is, in percent, rounded as the kubelet does it. */
export function percentUsed({ availableBytes, capacityBytes }: Fill): number {
  return 100 - Math.floor((Math.min(availableBytes, capacityBytes) * 100) / capacityBytes)
}

/** How much has to go so that the disk is as empty as it should be; 0 while it is not too full. Pure. */
export function bytesToFree(fill: Fill): number {
  if (percentUsed(fill) < collection.highPercent) return 0
  const wanted = Math.floor((fill.capacityBytes * (100 - collection.lowPercent)) / 100)
  return Math.max(0, wanted - Math.min(fill.availableBytes, fill.capacityBytes))
}

/** Images that may go, in the order in which they do: the one that was not used for longest first. Pure. */
export function removable(
  images: readonly KeptImage[],
  isInUse: (image: KeptImage) => boolean,
  sightings: ReadonlyMap<string, Sighting>,
  now: number,
): readonly KeptImage[] {
  const seen = ({ id }: KeptImage): Sighting => sightings.get(id) ?? { firstSeenAt: now, lastUsedAt: now }
  return images
    .filter((image) => !image.pinned && !isInUse(image) && now - seen(image).firstSeenAt >= collection.minAgeMs)
    .toSorted((a, b) => seen(a).lastUsedAt - seen(b).lastUsedAt || seen(a).firstSeenAt - seen(b).firstSeenAt)
}
