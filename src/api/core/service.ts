import { age, formatLabels, orNone, text, wide } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { serviceDefaults } from './service-defaults.ts'
import { Service } from './v1.ts'
import { validateService, validateServiceStatus, validateServiceUpdate } from './validation/service.ts'

/** services, v1. */
export const Services = defineKind(Service, {
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  subresources: {
    proxy: { verbs: ['create', 'delete', 'get', 'patch', 'update'], kind: 'ServiceProxyOptions' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  defaults: serviceDefaults,
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  validateStatus: validateServiceStatus,
  columns: [
    text('Type', 'How it can be reached.', ({ spec }) => spec.type),
    text('Cluster-IP', 'Its address inside of the cluster.', ({ spec }) =>
      orNone(spec.clusterIPs?.[0] ?? spec.clusterIP),
    ),
    text('External-IP', 'Its addresses for the outside.', externalAddresses),
    text('Port(s)', 'Its ports, with those of the nodes.', ({ spec }) =>
      orNone(
        (spec.ports ?? [])
          .map(({ port, nodePort = 0, protocol }) => `${port}${nodePort > 0 ? `:${nodePort}` : ''}/${protocol}`)
          .join(','),
      ),
    ),
    age,
    wide(text('Selector', 'Which Pods stand behind it.', ({ spec }) => formatLabels(spec.selector))),
  ],
  selectableFields: {
    'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '',
    'spec.type': ({ spec }) => spec.type ?? '',
  },
})

function externalAddresses({ spec, status }: Service): string {
  if (spec.type === 'ExternalName') return spec.externalName ?? ''
  const own = spec.externalIPs ?? []
  if (spec.type !== 'LoadBalancer') return orNone(own.join(','))
  const given = (status.loadBalancer?.ingress ?? []).map(({ ip = '', hostname = '' }) => (ip === '' ? hostname : ip))
  const all = [...new Set(given.filter((address) => address !== '').toSorted()), ...own]
  return orNone(all.join(','), '<pending>')
}
