import type { ResourceClaimSpec } from './v1.ts'

/** Requests for a number of devices are for one of them. */
export function deviceRequestDefaults(spec: ResourceClaimSpec): void {
  for (const { exactly, firstAvailable } of spec.devices.requests ?? []) {
    for (const request of [...(exactly === undefined ? [] : [exactly]), ...(firstAvailable ?? [])]) {
      if (request.allocationMode === 'ExactCount') request.count ??= 1
    }
  }
}
