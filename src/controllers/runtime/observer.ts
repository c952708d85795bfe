/** Where the runtime tells what it does, for metrics. Its methods are called often and must return at once. */
export interface ControllerObserver {
  reconciled(controller: string, outcome: 'done' | 'failed', durationMs: number): void
  queued(controller: string, depth: number): void
}
