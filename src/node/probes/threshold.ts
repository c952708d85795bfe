/** What one look gave. `unknown` says nothing: the look itself did not come off. */
export type Outcome = 'success' | 'failure' | 'unknown'

/** Where a probe stands: its verdict, and how often in a row the last outcome came. */
export interface ProbeState {
  readonly verdict: 'success' | 'failure' | 'none'
  readonly last: Outcome
  readonly inARow: number
}

/** A container counts as alive, and as not yet ready or started, until a probe says otherwise. */
export function initialState(kind: 'startup' | 'liveness' | 'readiness', wasReady = false): ProbeState {
  const verdict = kind === 'liveness' ? 'success' : kind === 'readiness' ? (wasReady ? 'success' : 'failure') : 'none'
  return { verdict, last: 'unknown', inARow: 0 }
}

/** The state after one more outcome: the verdict changes when enough of them came in a row. */
export function nextState(
  state: ProbeState,
  outcome: Outcome,
  {
    successThreshold = 1,
    failureThreshold = 3,
  }: { readonly successThreshold?: number; readonly failureThreshold?: number },
): ProbeState {
  if (outcome === 'unknown') return state
  const inARow = state.last === outcome ? state.inARow + 1 : 1
  const enough = outcome === 'success' ? Math.max(1, successThreshold) : Math.max(1, failureThreshold)
  return { verdict: inARow >= enough ? outcome : state.verdict, last: outcome, inARow }
}
