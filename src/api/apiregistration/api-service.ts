import { text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { validateApiService, validateApiServiceStatus } from './api-service-validation.ts'
import { LOCAL, withCondition } from './conditions.ts'
import { APIService } from './v1.ts'

/** apiservices of apiregistration.k8s.io, v1. */
export const APIServices = defineKind(APIService, {
  plural: 'apiservices',
  categories: ['api-extensions'],
  namespaced: false,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  prepare(object, old) {
    // Nobody has to find out about them; those that others answer for are looked after by the server.
    if (old !== undefined || object.spec.service !== undefined) return
    object.status = { conditions: [...withCondition([], LOCAL, object.metadata.creationTimestamp)] }
  },
  validate: validateApiService,
  validateStatus: validateApiServiceStatus,
  columns: [
    text('Service', 'The Service that serves it.', ({ spec: { service } }) =>
      service === undefined ? 'Local' : `${service.namespace}/${service.name}`,
    ),
    text('Available', 'Whether it answers.', ({ status }) => {
      const available = status.conditions?.find(({ type }) => type === 'Available')
      if (available === undefined) return 'Unknown'
      return available.status === 'True' ? 'True' : `${available.status} (${available.reason ?? ''})`
    }),
  ],
})
