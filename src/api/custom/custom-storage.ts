import { WherryError } from '../../lib/errors.ts'
import type { Kind, KubeObject, Storage } from '../meta/kind.ts'
import type { CustomTable } from './custom-table.ts'

/** Asks whoever converts the objects of a definition for others in the wanted apiVersion: as many, in the same order. */
export type Convert = (objects: readonly KubeObject[], apiVersion: string) => Promise<readonly KubeObject[]>

export interface CustomStorage {
  /** In whose apiVersion objects are written now; there may be some in others from earlier times. */
  readonly stored: Kind<any>
  /** The apiVersion in which objects are read and written here. */
  readonly own: string
  /** The tables of all versions, served or not, by apiVersion. */
  readonly tables: ReadonlyMap<string, CustomTable>
  /** Without it the versions differ in nothing but their name, and in what their schemas know. */
  readonly convert: Convert | undefined
}

/**
 * How objects of one version of a custom resource are stored, and read back. What is stored gets the defaults of the
 * version in which it was written, as in Kubernetes, and is pruned by the one in which it is read.
 */
export function customStorage({ stored, own, tables, convert }: CustomStorage): Storage<KubeObject> {
  const current = stored.apiVersion
  // Stored objects are shared, and so is what is made of them.
  const shown = new WeakMap<object, KubeObject>()

  /** A copy in the version in which it was written, which is not the own one always. */
  const asWritten = (object: KubeObject): KubeObject => {
    const isUnversioned = !tables.has(object.apiVersion) && object.apiVersion.endsWith(UNVERSIONED)
    const version = isUnversioned ? current : object.apiVersion
    const copy = inVersion(object, version, tables)
    tables.get(version)?.applyDefaults(copy)
    return copy
  }
  const fromStored = (object: KubeObject): KubeObject => {
    let made = shown.get(object)
    if (made === undefined) {
      const copy = asWritten(object)
      if (copy.apiVersion !== own && convert !== undefined) throw new TypeError(`nobody has asked for it in ${own}`)
      made = copy.apiVersion === own ? copy : inVersion(copy, own, tables)
      shown.set(object, made)
    }
    return made
  }
  if (convert === undefined) {
    return { kind: stored, fromStored, toStored: (object) => renamed(object, own, current, tables) }
  }

  /** What is being asked for: several watchers want the same objects at the same moment. */
  const asked = new WeakMap<object, Promise<void>>()
  const askFor = async (objects: readonly (readonly [KubeObject, KubeObject])[]): Promise<void> => {
    for (const [, copy] of objects) refuseUnknown(copy.apiVersion, tables)
    const converted = await convert(
      objects.map(([, copy]) => copy),
      own,
    )
    objects.forEach(([object], i) => shown.set(object, inVersion(converted[i]!, own, tables)))
  }
  return {
    kind: stored,
    fromStored,
    async toStored(object) {
      if (own === current) return object
      const [converted] = await convert([object], current)
      return inVersion(converted!, current, tables)
    },
    asking: {
      ask(objects: readonly KubeObject[]) {
        const waits = new Set<Promise<void>>()
        const fresh: (readonly [KubeObject, KubeObject])[] = []
        for (const object of objects) {
          if (shown.has(object)) continue
          const known = asked.get(object)
          if (known !== undefined) {
            waits.add(known)
            continue
          }
          const copy = asWritten(object)
          if (copy.apiVersion === own) shown.set(object, copy)
          else fresh.push([object, copy])
        }
        if (fresh.length > 0) {
          const asking = askFor(fresh).finally(() => {
            for (const [object] of fresh) asked.delete(object)
          })
          for (const [object] of fresh) asked.set(object, asking)
          waits.add(asking)
        }
        return waits.size === 0 ? undefined : Promise.all(waits).then(() => {})
      },
      alike(object: KubeObject, copy: KubeObject) {
        const known = shown.get(object)
        if (known === undefined) return
        const { resourceVersion } = copy.metadata
        shown.set(copy, { ...known, metadata: { ...known.metadata, resourceVersion } })
      },
    },
  }
}

/** The version in which objects were stored before each carried its own. */
const UNVERSIONED = '/stored'

/** A copy that says that it is of another version, and has no fields that this one does not know. */
function inVersion(
  { kind, metadata, ...rest }: KubeObject,
  apiVersion: string,
  tables: CustomStorage['tables'],
): KubeObject {
  const { apiVersion: _, ...fields } = rest
  return { kind, apiVersion, metadata, ...(tables.get(apiVersion)?.prune(fields) ?? structuredClone(fields)) }
}

function renamed(object: KubeObject, own: string, current: string, tables: CustomStorage['tables']): KubeObject {
  return own === current ? object : inVersion(object, current, tables)
}

function refuseUnknown(apiVersion: string, tables: CustomStorage['tables']): void {
  if (tables.has(apiVersion)) return
  throw new WherryError('internal', `request to convert CR from an invalid group/version: ${apiVersion}`)
}
