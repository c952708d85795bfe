import type { Pod } from '../../api/core/v1.ts'
import { badRequest } from '../rest/refusals.ts'

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'

/** The container that a request means; throws `bad-request` when that cannot be told. */
export function chooseContainer({ metadata, spec }: Pod, asked: string | null): string {
  const names = (list: readonly { readonly name: string }[] | undefined): string[] =>
    (list ?? []).map(({ name }) => name)
  const containers = names(spec.containers)
  const inits = names(spec.initContainers)
  const ephemeral = names(spec.ephemeralContainers)
  if (asked !== null && asked !== '') {
    if ([...containers, ...inits, ...ephemeral].includes(asked)) return asked
    throw badRequest(`container ${asked} is not valid for pod ${metadata.name}`)
  }
  const preferred = metadata.annotations?.[DEFAULT_CONTAINER]
  if (preferred !== undefined && containers.includes(preferred)) return preferred
  if (containers.length === 1) return containers[0]!
  const others = inits.length > 0 ? ` or one of the init containers: [${inits.join(' ')}]` : ''
  throw badRequest(
    `a container name must be specified for pod ${metadata.name}, choose one of: [${containers.join(' ')}]${others}`,
  )
}
