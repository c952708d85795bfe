import type { Kind, Subresource, Verb } from '../meta/kind.ts'
import type { GroupVersion } from './schemas.ts'
import { connectParameters, logParameters, parameters } from './parameters.ts'
import type { Parameter } from './parameters.ts'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete' | 'head' | 'options'

/** What a body is: one object, a page of them, a patch, the options of a delete, the outcome of it, or text. */
export type Body =
  | { readonly is: 'object' | 'list'; readonly kind: Kind }
  /** A kind that only subresources speak. */
  | ({ readonly is: 'named'; readonly name: string } & GroupVersion)
  | { readonly is: 'patch' | 'delete-options' | 'status' | 'text' | 'anything' }

export interface Operation {
  readonly method: Method
  readonly id: string
  readonly action: string
  readonly description: string
  /** The kind that it is about. */
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string }
  readonly parameters: readonly Parameter[]
  readonly request?: Body
  readonly response: Body
  /** The successful HTTP statuses. */
  readonly statuses: readonly number[]
  /** It can go on as a watch. */
  readonly watches?: boolean
}

export interface PathItem {
  readonly path: string
  readonly tag: string
  /** Of all operations. */
  readonly parameters: readonly Parameter[]
  readonly operations: readonly Operation[]
}

/** `/api/v1`, or `/apis/apps/v1`. */
export function rootOf({ group, version }: GroupVersion): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`
}

/** How a group is called inside names: `core`, `apps`, `rbacAuthorization`. */
export function groupWord(group: string): string {
  if (group === '') return 'core'
  const [first = '', ...rest] = group.replace(/\.k8s\.io$/, '').split('.')
  return first + rest.map(capitalized).join('')
}

export function tagOf({ group, version }: GroupVersion): string {
  return `${groupWord(group)}_${version}`
}

export function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

/** Every path at which objects of a kind are served, and what can be done there. */
export function pathsOf(kind: Kind): PathItem[] {
  const root = rootOf(kind)
  const collection = kind.namespaced ? `${root}/namespaces/{namespace}/${kind.plural}` : `${root}/${kind.plural}`
  const item = `${collection}/{name}`
  const place = kind.namespaced ? [parameters.namespace] : []
  const tag = tagOf(kind)
  const paths: PathItem[] = [
    { path: collection, tag, parameters: [...place, parameters.pretty], operations: collectionOperations(kind) },
    {
      path: item,
      tag,
      parameters: [nameOf(kind.kind), ...place, parameters.pretty],
      operations: itemOperations(kind),
    },
    ...Object.entries(kind.subresources).flatMap(([name, subresource]) =>
      subresourcePaths(kind, `${item}/${name}`, place, name, subresource),
    ),
  ]
  if (kind.namespaced && can(kind, 'list')) {
    const everywhere = listOperation(kind, `${word(kind)}${kind.kind}ForAllNamespaces`)
    paths.push({
      path: `${root}/${kind.plural}`,
      tag,
      parameters: [...everywhere.parameters, parameters.pretty],
      operations: [{ ...everywhere, parameters: [] }],
    })
  }
  return paths.filter((path) => path.operations.length > 0)
}

function can(kind: Kind, verb: Verb): boolean {
  return kind.verbs.includes(verb)
}

/** Group and version as operations are named: `CoreV1`. */
function word(kind: GroupVersion): string {
  return capitalized(groupWord(kind.group)) + capitalized(kind.version)
}

function scoped({ namespaced, kind }: Kind): string {
  return namespaced ? `Namespaced${kind}` : kind
}

function nameOf(kind: string): Parameter {
  return { in: 'path', name: 'name', required: true, type: 'string', description: `The name of the ${kind}.` }
}

function listOperation(kind: Kind, name: string): Operation {
  return {
    method: 'get',
    id: `list${name}`,
    action: 'list',
    description: `List or watch objects of kind ${kind.kind}.`,
    kind: about(kind),
    parameters: [parameters.allowWatchBookmarks, ...listParameters, parameters.timeoutSeconds, parameters.watch],
    response: { is: 'list', kind },
    statuses: [200],
    watches: can(kind, 'watch'),
  }
}

const listParameters: readonly Parameter[] = [
  parameters.continue,
  parameters.fieldSelector,
  parameters.labelSelector,
  parameters.limit,
  parameters.resourceVersion,
  parameters.resourceVersionMatch,
  parameters.sendInitialEvents,
]

const writeParameters: readonly Parameter[] = [parameters.dryRun, parameters.fieldManager, parameters.fieldValidation]

const deleteParameters: readonly Parameter[] = [
  parameters.dryRun,
  parameters.gracePeriodSeconds,
  parameters.orphanDependents,
  parameters.propagationPolicy,
]

function about({ group, version, kind }: Kind): Operation['kind'] {
  return { group, version, kind }
}

function collectionOperations(kind: Kind): Operation[] {
  const operations: Operation[] = []
  if (can(kind, 'list')) operations.push(listOperation(kind, word(kind) + scoped(kind)))
  if (can(kind, 'create')) {
    operations.push({
      method: 'post',
      id: `create${word(kind)}${scoped(kind)}`,
      action: 'post',
      description: `Create an object of kind ${kind.kind}.`,
      kind: about(kind),
      parameters: writeParameters,
      request: { is: 'object', kind },
      response: { is: 'object', kind },
      statuses: [200, 201, 202],
    })
  }
  if (can(kind, 'deletecollection')) {
    operations.push({
      method: 'delete',
      id: `delete${word(kind)}Collection${scoped(kind)}`,
      action: 'deletecollection',
      description: `Delete objects of kind ${kind.kind}.`,
      kind: about(kind),
      parameters: [...listParameters, ...deleteParameters, parameters.timeoutSeconds],
      request: { is: 'delete-options' },
      response: { is: 'status' },
      statuses: [200],
    })
  }
  return operations
}

function itemOperations(kind: Kind): Operation[] {
  const operations = kind.verbs.flatMap((verb) => objectOperation(verb, kind, '', { is: 'object', kind }, about(kind)))
  if (can(kind, 'delete')) {
    operations.push({
      method: 'delete',
      id: `delete${word(kind)}${scoped(kind)}`,
      action: 'delete',
      description: `Delete an object of kind ${kind.kind}.`,
      kind: about(kind),
      parameters: deleteParameters,
      request: { is: 'delete-options' },
      response: { is: 'status' },
      statuses: [200, 202],
    })
  }
  return operations
}

/** Reading, replacing and patching are the same for objects and for their subresources. */
function objectOperation(verb: Verb, kind: Kind, suffix: string, body: Body, of: Operation['kind']): Operation[] {
  const what =
    suffix === '' ? `an object of kind ${kind.kind}` : `${suffix.toLowerCase()} of an object of kind ${kind.kind}`
  const id = (word_: string): string => `${word_}${word(kind)}${scoped(kind)}${suffix}`
  const shared = { kind: of, response: body }
  switch (verb) {
    case 'get':
      return [
        {
          ...shared,
          method: 'get',
          id: id('read'),
          action: 'get',
          description: `Read ${what}.`,
          parameters: [],
          statuses: [200],
        },
      ]
    case 'update':
      return [
        {
          ...shared,
          method: 'put',
          id: id('replace'),
          action: 'put',
          description: `Replace ${what}.`,
          parameters: writeParameters,
          request: body,
          statuses: [200, 201],
        },
      ]
    case 'patch':
      return [
        {
          ...shared,
          method: 'patch',
          id: id('patch'),
          action: 'patch',
          description: `Change ${what}.`,
          parameters: [...writeParameters, parameters.force],
          request: { is: 'patch' },
          statuses: [200, 201],
        },
      ]
    default:
      return []
  }
}

/** Subresources that open a connection to what runs behind an object, with the methods that they take. */
const CONNECTS: Readonly<Record<string, readonly Method[]>> = {
  attach: ['get', 'post'],
  exec: ['get', 'post'],
  portforward: ['get', 'post'],
  proxy: ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'],
}

function subresourcePaths(
  kind: Kind,
  path: string,
  place: readonly Parameter[],
  name: string,
  subresource: Subresource,
): PathItem[] {
  const of = {
    group: subresource.group ?? kind.group,
    version: subresource.version ?? kind.version,
    kind: subresource.kind ?? kind.kind,
  }
  const shared = [nameOf(of.kind), ...place]
  const tag = tagOf(kind)
  const methods = CONNECTS[name]
  if (methods !== undefined) {
    const connect = (suffix: string): Operation[] => methods.map((method) => connection(kind, of, name, method, suffix))
    const own = connectParameters(of.kind)
    return [
      { path, tag, parameters: [...shared, ...own], operations: connect('') },
      ...(name === 'proxy'
        ? [
            {
              path: `${path}/{path}`,
              tag,
              parameters: [...shared, ...own, parameters.path],
              operations: connect('WithPath'),
            },
          ]
        : []),
    ]
  }
  if (name === 'log') {
    const [read] = objectOperation('get', kind, 'Log', { is: 'text' }, of)
    return [{ path, tag, parameters: [...shared, parameters.pretty, ...logParameters()], operations: [read!] }]
  }
  const body: Body =
    subresource.kind === undefined
      ? { is: 'object', kind }
      : { is: 'named', name: subresource.kind, group: of.group, version: of.version }
  const suffix = capitalized(name)
  const operations = subresource.verbs.flatMap((verb) => objectOperation(verb, kind, suffix, body, of))
  if (!subresource.verbs.includes('create'))
    return [{ path, tag, parameters: [...shared, parameters.pretty], operations }]
  const create: Operation = {
    method: 'post',
    id: `create${word(kind)}${scoped(kind)}${suffix}`,
    action: 'post',
    description: `Create ${name} of an object of kind ${kind.kind}.`,
    kind: of,
    parameters: [],
    request: body,
    response: body,
    statuses: [200, 201, 202],
  }
  return [
    { path, tag, parameters: [...shared, ...writeParameters, parameters.pretty], operations: [...operations, create] },
  ]
}

function connection(kind: Kind, of: Operation['kind'], name: string, method: Method, suffix: string): Operation {
  return {
    method,
    id: `connect${word(kind)}${capitalized(method)}${scoped(kind)}${capitalized(name)}${suffix}`,
    action: 'connect',
    description: `Connect to ${name} of an object of kind ${kind.kind}.`,
    kind: of,
    parameters: [],
    response: { is: 'anything' },
    statuses: [200],
  }
}
