/** An image's name taken apart. `repository` has neither tag nor digest. */
export interface ImageName {
  readonly registry: string
  readonly repository: string
  readonly tag: string | undefined
  readonly digest: string | undefined
}

const registryDefault = 'docker.io'
const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const host =
  '(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?'
const pattern = new RegExp(
  `^(?:(${host})/)?(${component}(?:/${component})*)(?::([\\w][\\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$`,
)

/** Takes an image's name apart, as everybody abbreviates them: `nginx` is `docker.io/library/nginx:latest`. */
export function parseImageName(text: string): ImageName | undefined {
  const match = pattern.exec(text)
  if (match === null) return undefined
  const [, first, path = '', tag, digest] = match
  // What stands before the first slash is a host only if it looks like one.
  const isHost = first !== undefined && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase())
  if (first !== undefined && !isHost && !new RegExp(`^${component}$`).test(first)) return undefined
  const registry = isHost ? first : registryDefault
  const repository = isHost || first === undefined ? path : `${first}/${path}`
  const full = registry === registryDefault && !repository.includes('/') ? `library/${repository}` : repository
  return { registry, repository: full, tag: tag ?? (digest === undefined ? 'latest' : undefined), digest }
}
