import { APIServices } from '../../api/apiregistration/api-service.ts'
import type { APIService } from '../../api/apiregistration/v1.ts'
import { CustomResourceDefinitions } from '../../api/apiextensions/custom-resource-definition.ts'
import type { CustomResourceDefinition } from '../../api/apiextensions/v1.ts'
import { servedGroups } from '../../api/kinds.ts'
import type { Draft } from '../../api/meta/schema.ts'
import { isWherryError } from '../../lib/errors.ts'
import type { Logger } from '../../lib/log.ts'
import { sameJson } from '../../lib/patch/json.ts'
import type { ObjectReader } from '../admission/admission.ts'
import type { ObjectApi } from '../api-server.ts'
import { isEstablished } from '../custom-resources/registry.ts'
import { localPriority, REGISTRATION } from './priorities.ts'

/**
 * Whether the server keeps an APIService: `true` as it should be, for custom resources; `onstart` only there, so that
 * somebody may move a built-in version to another server.
 */
const KEPT = 'kube-aggregator.kubernetes.io/automanaged'

export interface LocalServicesOptions {
  readonly reader: ObjectReader
  readonly api: ObjectApi
  readonly log: Logger
}

/** Keeps an APIService for each version that this server answers for. Resolves when all that are missing are made. */
export async function keepLocalServices({ reader, api, log }: LocalServicesOptions): Promise<() => void> {
  const builtIn = builtInServices()
  const custom = new CustomServices()
  const settle = async (name: string): Promise<void> => {
    const wanted = builtIn.get(name) ?? custom.get(name)
    const present = reader.get(APIServices, { name })
    try {
      if (present === undefined) {
        if (wanted !== undefined) await api.create(APIServices, wanted)
      } else if (isKept(present)) {
        if (wanted === undefined) {
          await api.delete(APIServices, { name }, { preconditions: { uid: present.metadata.uid } })
        } else if (!sameJson(present.spec, wanted.spec)) {
          const change = [{ op: 'replace', path: '/spec', value: wanted.spec }]
          await api.patch(APIServices, { name }, change, { type: 'json' })
        }
      }
    } catch (error) {
      // Somebody else has done it, or changed it: that is told as well.
      if (isWherryError(error, 'already-exists', 'not-found', 'conflict')) return
      log.error('the APIService of a local version could not be kept', { name, error })
    }
  }

  const stops = [
    reader.onChange(APIServices, (now, previous) => {
      if (now === undefined || isKept(now)) void settle((now ?? previous!).metadata.name)
    }),
    reader.onChange(CustomResourceDefinitions, (now, previous) => {
      for (const name of custom.put((now ?? previous!).metadata.name, now)) void settle(name)
    }),
  ]
  for (const definition of reader.list(CustomResourceDefinitions)) custom.put(definition.metadata.name, definition)
  const kept = reader.list(APIServices).filter(isKept)
  const names = new Set([...builtIn.keys(), ...custom.names(), ...kept.map(({ metadata }) => metadata.name)])
  await Promise.all([...names].map(settle))
  return () => {
    for (const stop of stops) stop()
  }
}

function isKept({ metadata }: APIService): boolean {
  return metadata.labels?.[KEPT] === 'true'
}

function builtInServices(): Map<string, Draft<APIService>> {
  return new Map(
    servedGroups
      .filter(({ group }) => group !== REGISTRATION)
      .flatMap(({ group, versions }) =>
        versions.map(({ version }) => [nameOf(group, version), serviceOf(group, version, 'onstart')] as const),
      ),
  )
}

/** The APIServices of custom resources; several definitions may share one. */
class CustomServices {
  readonly #byDefinition = new Map<string, readonly string[]>()
  readonly #services = new Map<string, { readonly service: Draft<APIService>; readonly users: Set<string> }>()

  get(name: string): Draft<APIService> | undefined {
    return this.#services.get(name)?.service
  }

  names(): Iterable<string> {
    return this.#services.keys()
  }

  /** Takes a definition as it is now; answers the names of which more or fewer are wanted than before. */
  put(definition: string, now: CustomResourceDefinition | undefined): string[] {
    const before = this.#byDefinition.get(definition) ?? []
    const { group, versions } = now?.spec ?? { group: '', versions: [] }
    const served = now !== undefined && isEstablished(now) ? versions.filter((one) => one.served) : []
    const names = served.map((version) => nameOf(group, version.name))
    if (sameJson(before, names)) return []
    this.#byDefinition.set(definition, names)
    if (names.length === 0) this.#byDefinition.delete(definition)
    for (const { name: version } of served) {
      const name = nameOf(group, version)
      const known = this.#services.get(name) ?? { service: serviceOf(group, version, 'true'), users: new Set() }
      known.users.add(definition)
      this.#services.set(name, known)
    }
    for (const name of before.filter((one) => !names.includes(one))) {
      const known = this.#services.get(name)
      known?.users.delete(definition)
      if (known?.users.size === 0) this.#services.delete(name)
    }
    return [...new Set([...before, ...names])]
  }
}

const nameOf = (group: string, version: string): string => `${version}.${group}`

function serviceOf(group: string, version: string, kept: 'true' | 'onstart'): Draft<APIService> {
  const priority = localPriority(group, version)
  return {
    metadata: { name: nameOf(group, version), labels: { [KEPT]: kept } },
    spec: {
      ...(group === '' ? {} : { group }),
      version,
      groupPriorityMinimum: priority.group,
      versionPriority: priority.version,
    },
  }
}
