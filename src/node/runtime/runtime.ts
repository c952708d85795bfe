import type { Input, Table } from './codec.ts'
import type { methods } from './cri/messages.ts'
import type { CallOptions } from './grpc.ts'

type Methods = typeof methods
type Unary = { [M in keyof Methods]: Methods[M]['stream'] extends true ? never : M }[keyof Methods]
type Of<T> = T extends Table<infer M> ? M : never

/** The calls of the container runtime interface: requests may leave out what is zero, answers have everything. */
export type Cri = {
  readonly [M in Unary]: (
    request: Input<Of<Methods[M]['request']>>,
    options?: CallOptions,
  ) => Promise<Of<Methods[M]['response']>>
}

/** A container runtime: CRI, and who was last heard of. */
export interface Runtime extends Cri {
  /**
   * Ids of containers and sandboxes as they end, or may have, until the signal fires. Ends or throws when the runtime
   * goes away or cannot tell: then listing is the only way to know.
   */
  events(signal: AbortSignal): AsyncIterable<string>
}
