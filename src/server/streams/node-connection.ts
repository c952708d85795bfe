/** How the server shows itself to the agents of nodes, and how it knows them; PEM. */
export interface NodeClientTls {
  readonly cert: string | Buffer
  readonly key: string | Buffer
  /** The authority of the agents' certificates. */
  readonly ca: string | Buffer
}

/** Where a request is passed on to. */
export interface Destination {
  readonly protocol: 'http' | 'https'
  readonly host: string
  readonly port: number
  /** Path with query. */
  readonly path: string
  /** Absent for pods, which know nothing of the cluster's certificates. */
  readonly tls?: NodeClientTls
}
