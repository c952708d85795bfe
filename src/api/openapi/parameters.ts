import {
  NodeProxyOptions,
  PodAttachOptions,
  PodExecOptions,
  PodLogOptions,
  PodPortForwardOptions,
  PodProxyOptions,
  ServiceProxyOptions,
} from '../core/v1.ts'
import type { Message } from '../meta/schema.ts'

/** A parameter of a path or a query. */
export interface Parameter {
  readonly in: 'path' | 'query'
  readonly name: string
  readonly required?: boolean
  readonly type: 'string' | 'integer' | 'boolean'
  readonly description: string
}

function query(name: string, type: Parameter['type'], description: string): Parameter {
  return { in: 'query', name, type, description }
}

/** The parameters that many operations share. */
export const parameters = {
  namespace: {
    in: 'path',
    name: 'namespace',
    required: true,
    type: 'string',
    description: 'The namespace of the objects.',
  },
  path: { in: 'path', name: 'path', required: true, type: 'string', description: 'The rest of the path.' },
  allowWatchBookmarks: query(
    'allowWatchBookmarks',
    'boolean',
    'Whether a watch may send bookmarks, which say how far it is.',
  ),
  continue: query('continue', 'string', 'Where the next page begins: what the page before said.'),
  dryRun: query('dryRun', 'string', '`All`: do everything except to store it.'),
  fieldManager: query('fieldManager', 'string', 'Who changes the fields: they belong to that name afterwards.'),
  fieldSelector: query('fieldSelector', 'string', 'Only objects whose fields are as said here.'),
  fieldValidation: query(
    'fieldValidation',
    'string',
    'What to do with unknown and double fields: Ignore drops them, Warn says so, Strict refuses them.',
  ),
  force: query('force', 'boolean', 'Whether an apply takes fields from their owners.'),
  gracePeriodSeconds: query(
    'gracePeriodSeconds',
    'integer',
    'How long the end may take, in seconds; zero ends it at once.',
  ),
  labelSelector: query('labelSelector', 'string', 'Only objects whose labels are as said here.'),
  limit: query('limit', 'integer', 'How many objects a page may have.'),
  orphanDependents: query('orphanDependents', 'boolean', 'Old form of propagationPolicy Orphan.'),
  pretty: query('pretty', 'string', 'Whether the answer is indented.'),
  propagationPolicy: query(
    'propagationPolicy',
    'string',
    'What becomes of what it owns: Orphan leaves it, Background deletes it afterwards, Foreground before.',
  ),
  resourceVersion: query('resourceVersion', 'string', 'How new the answer has to be, or where a watch begins.'),
  resourceVersionMatch: query(
    'resourceVersionMatch',
    'string',
    'Whether resourceVersion is meant exactly (Exact) or at least (NotOlderThan).',
  ),
  sendInitialEvents: query(
    'sendInitialEvents',
    'boolean',
    'Whether a watch begins with the objects that are there, and a bookmark after them.',
  ),
  timeoutSeconds: query('timeoutSeconds', 'integer', 'How long the call may last, in seconds.'),
  watch: query('watch', 'boolean', 'Whether to go on with every change.'),
} satisfies Record<string, Parameter>

const OPTIONS: readonly Message[] = [
  NodeProxyOptions,
  PodAttachOptions,
  PodExecOptions,
  PodPortForwardOptions,
  PodProxyOptions,
  ServiceProxyOptions,
]

/** The options of a connection as parameters. */
export function connectParameters(kind: string): Parameter[] {
  const message = OPTIONS.find((one) => one.name === kind)
  return message === undefined ? [] : fieldsAsParameters(message)
}

/** The options of reading logs as parameters. */
export function logParameters(): Parameter[] {
  // A time is not among the parameters of the reference, although it is one of the options.
  return fieldsAsParameters(PodLogOptions).filter((one) => one.name !== 'sinceTime')
}

function fieldsAsParameters(message: Message): Parameter[] {
  return Object.entries(message.fields).map(([name, { element, options }]) => {
    const type = element === 'bool' ? 'boolean' : element === 'int32' || element === 'int64' ? 'integer' : 'string'
    return query(name, type, options.doc ?? '')
  })
}
