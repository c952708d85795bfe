import { text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { deviceRequestDefaults } from './device-request-defaults.ts'
import { ResourceClaim } from './v1.ts'

/** resourceclaims of resource.k8s.io, v1. */
export const ResourceClaims = defineKind(ResourceClaim, {
  plural: 'resourceclaims',
  namespaced: true,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  defaults: ({ spec }) => deviceRequestDefaults(spec),
  columns: [
    text('State', 'Whether it has devices, and who uses them.', ({ metadata, status }) => {
      const words = []
      if (metadata.deletionTimestamp !== undefined) words.push('deleted')
      if (status.allocation === undefined) words.push('pending')
      else words.push('allocated')
      if ((status.reservedFor ?? []).length > 0) words.push('reserved')
      return words.join(',')
    }),
  ],
})
