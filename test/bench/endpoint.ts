import type { SecureContext } from 'node:tls'
import { createSecureContext } from 'node:tls'
import { loadKubeconfig } from '../../src/client/kubeconfig.ts'

/** Where an API server answers, and who asks it. */
export interface Endpoint {
  readonly host: string
  readonly port: number
  readonly tls: SecureContext
}

/** A server whose cost is measured while it answers. */
export interface Loaded {
  readonly endpoint: Endpoint
  readonly pid: number
}

export async function endpointOf(kubeconfig: string): Promise<Endpoint> {
  const { server, tls } = await loadKubeconfig(kubeconfig)
  const { ca, certificate: cert, key } = typeof tls === 'function' ? tls() : tls
  const { hostname, port } = new URL(server)
  return { host: hostname, port: Number(port), tls: createSecureContext({ ca: ca!, cert: cert!, key: key! }) }
}
