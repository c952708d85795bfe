import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { Logger } from '../../../lib/log.ts'

/** Tells load balancers outside of the cluster whether this node has endpoints of a Service. */
export interface HealthCheckPorts extends AsyncDisposable {
  /** `check` is undefined when the Service has no such port any more. */
  set(service: string, check: { readonly port: number; readonly localEndpoints: number } | undefined): void
}

interface Listening {
  readonly port: number
  readonly server: Server
  localEndpoints: number
}

/** Opens nothing until a Service asks for a port; one that is taken is logged and tried again with the next change. */
export function openHealthCheckPorts({ log }: { readonly log: Logger }): HealthCheckPorts {
  const listening = new Map<string, Listening>()

  const open = (service: string, port: number): Listening => {
    const [namespace, name] = service.split('/')
    const server = createServer((_request, response) => {
      const { localEndpoints } = entry
      response.writeHead(localEndpoints > 0 ? 200 : 503, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ service: { namespace, name }, localEndpoints }) + '\n')
    })
    const entry: Listening = { port, server, localEndpoints: 0 }
    server.on('error', (error) => {
      log.warn('health check port cannot be opened', { service, port, error })
      if (listening.get(service) === entry) listening.delete(service)
    })
    server.listen(port)
    server.unref()
    return entry
  }

  const close = ({ server }: Listening): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })

  return {
    set(service, check) {
      let entry = listening.get(service)
      if (entry !== undefined && entry.port !== check?.port) {
        listening.delete(service)
        void close(entry)
        entry = undefined
      }
      if (check === undefined) return
      if (entry === undefined) listening.set(service, (entry = open(service, check.port)))
      entry.localEndpoints = check.localEndpoints
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...listening.values()].map(close))
      listening.clear()
    },
  }
}
