/** How the server shows itself to the agents of nodes, and how it knows them; PEM. */
export interface NodeClientTls {
  readonly cert: string | Buffer
  readonly key: string | Buffer
  /** The authority of the agents' certificates. */
  readonly ca: string | Buffer
}

/** How the server shows itself to a server that stands behind it, and how it knows that one; PEM. */
export interface BackendTls {
  readonly cert: string
  readonly key: string
  /** The name that its certificate has to be for. */
  readonly servername: string
  /** Those that this machine believes, without. */
  readonly ca?: string
  /** Whether its certificate does not matter. */
  readonly rejectUnauthorized?: false
}

/** Where a request is passed on to. */
export interface Destination {
  readonly protocol: 'http' | 'https'
  readonly host: string
  readonly port: number
  /** Path with query. */
  readonly path: string
  /** Absent for pods, which know nothing of the cluster's certificates. */
  readonly tls?: NodeClientTls | BackendTls
  /** Each request has a connection of its own: one that was idle may lead to a pod that is gone. */
  readonly isFresh?: true
  /** What is said beside what the client has said, or in its place. */
  readonly headers?: Readonly<Record<string, string | string[]>>
}
