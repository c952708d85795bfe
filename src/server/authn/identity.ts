/** Who sends a request, as authentication found it. */
export class Identity {
  /** Only this class makes one, so that a look-alike object does not type-check. */
  // oxlint-disable-next-line no-unused-private-class-members -- `is` asks whether it is there
  readonly #made = true
  readonly username: string
  readonly uid: string
  readonly groups: readonly string[]
  readonly extra: Readonly<Record<string, readonly string[]>>

  private constructor(username: string, uid: string, groups: readonly string[], extra: Identity['extra']) {
    this.username = username
    this.uid = uid
    this.groups = groups
    this.extra = extra
  }

  static of(
    username: string,
    groups: readonly string[],
    more: { readonly uid?: string; readonly extra?: Identity['extra'] } = {},
  ): Identity {
    return new Identity(username, more.uid ?? '', groups, more.extra ?? {})
  }

  static is(value: unknown): value is Identity {
    return typeof value === 'object' && value !== null && #made in value
  }
}

/** What authentication looks at. */
export interface Credentials {
  /** The client certificate that TLS has verified against the cluster's client CA, DER; undefined without one. */
  readonly clientCertificate?: Buffer
  /** The value of the Authorization header. */
  readonly authorization?: string
  /** All request headers in lower case: for impersonation and WebSocket bearer subprotocols. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** Throws `unauthenticated` for credentials that are wrong; `system:anonymous` when there are none. */
export type Authenticate = (credentials: Credentials) => Promise<Identity> | Identity
