import type { Service } from '../../api/core/v1.ts'

/** The variables by which containers find Services: `NAME_SERVICE_HOST` and its kin. */
export function serviceEnv(services: readonly Service[]): Record<string, string> {
  const env: Record<string, string> = {}
  for (const { metadata, spec } of services) {
    const address = spec.clusterIP
    const [first] = spec.ports ?? []
    if (address === undefined || address === '' || address === 'None' || first === undefined) continue
    const name = variable(metadata.name)
    const host = address.includes(':') ? `[${address}]` : address
    env[`${name}_SERVICE_HOST`] = address
    env[`${name}_SERVICE_PORT`] = String(first.port)
    env[`${name}_PORT`] = `${(first.protocol ?? 'TCP').toLowerCase()}://${host}:${first.port}`
    for (const { name: portName, port, protocol = 'TCP' } of spec.ports ?? []) {
      if (portName) env[`${name}_SERVICE_PORT_${variable(portName)}`] = String(port)
      const prefix = `${name}_PORT_${port}_${protocol}`
      env[prefix] = `${protocol.toLowerCase()}://${host}:${port}`
      env[`${prefix}_PROTO`] = protocol.toLowerCase()
      env[`${prefix}_PORT`] = String(port)
      env[`${prefix}_ADDR`] = address
    }
  }
  return env
}

function variable(name: string): string {
  return name.toUpperCase().replaceAll('-', '_')
}

/** The Services that a pod hears of: those of its namespace if it wants them, and the API itself always. */
export function servicesFor(
  pod: { readonly metadata: { readonly namespace?: string }; readonly spec: { readonly enableServiceLinks?: boolean } },
  list: (namespace: string) => readonly Service[],
): Service[] {
  const api = list('default').filter(({ metadata }) => metadata.name === 'kubernetes')
  if (pod.spec.enableServiceLinks === false) return api
  return [...api, ...list(pod.metadata.namespace ?? '')]
}
