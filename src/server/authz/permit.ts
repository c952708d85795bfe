import type { Identity } from '../authn/identity.ts'
import type { Target } from '../request.ts'
import type { Question } from './question.ts'

/** The right to do what `target` says: only authorization makes one, and storage asks for it. */
export class Permit {
  // oxlint-disable-next-line no-unused-private-class-members -- `is` asks whether it is there
  readonly #made = true
  readonly identity: Identity
  readonly target: Target

  private constructor(identity: Identity, target: Target) {
    this.identity = identity
    this.target = target
  }

  /** For authorizers alone. */
  static grant(identity: Identity, target: Target): Permit {
    return new Permit(identity, target)
  }

  static is(value: unknown): value is Permit {
    return typeof value === 'object' && value !== null && #made in value
  }
}

/** An authorizer's word on one request; `no-opinion` lets the next one speak. */
export interface Ruling {
  readonly decision: 'allow' | 'deny' | 'no-opinion'
  readonly reason: string
}

/** One authorizer: RBAC, Node. Reads only memory, so it answers at once. A Target is a Question too. */
export type Authorizer = (identity: Identity, question: Question) => Ruling

/** Throws `forbidden` with upstream's sentence (`User "x" cannot get resource "pods" in API group "" in the namespace "y"`). */
export type Authorize = (identity: Identity, target: Target) => Permit
