import type { Kind } from '../../api/meta/kind.ts'

/** A kind as storage sees it: where its objects are, and in which version. */
export interface Resource {
  /** As the request has it. */
  readonly kind: Kind
  /** As its objects are stored; often the same. */
  readonly stored: Kind
  /** `pods`, or `deployments.apps`: how errors, keys and decisions name it. */
  readonly name: string
  /** What all keys begin with. */
  readonly prefix: string
  /** What the bytes of all stored objects begin with, up to the first field of the metadata. */
  readonly head: string
}

const resources = new WeakMap<Kind, Resource>()

export function resourceOf(kind: Kind): Resource {
  let resource = resources.get(kind)
  if (resource === undefined) {
    const stored = kind.storedAs?.kind ?? kind
    resource = {
      kind,
      stored,
      name: resourceName(kind),
      prefix: `/registry/${resourceName(stored)}/`,
      head: `{"kind":"${stored.kind}","apiVersion":"${stored.apiVersion}","metadata":{`,
    }
    resources.set(kind, resource)
  }
  return resource
}

function resourceName({ plural, group }: Kind): string {
  return group === '' ? plural : `${plural}.${group}`
}

/** Where an object is kept. Name and namespace have been checked: neither has a slash. */
export function keyOf(resource: Resource, namespace: string, name: string): string {
  return resource.kind.namespaced ? `${resource.prefix}${namespace}/${name}` : resource.prefix + name
}

/** What the keys of all objects of one namespace begin with; of all namespaces when it is empty. */
export function prefixOf(resource: Resource, namespace: string): string {
  return namespace === '' || !resource.kind.namespaced ? resource.prefix : `${resource.prefix}${namespace}/`
}
