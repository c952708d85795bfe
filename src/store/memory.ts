import { realClock } from '../lib/clock.ts'
import type { Clock } from '../lib/clock.ts'
import { Committed, defaultHistory } from './committed.ts'
import type { HistoryLimits } from './committed.ts'
import { noLog } from './log.ts'
import { LoggedStore } from './logged-store.ts'
import type { Store } from './store.ts'

/** A store that lives as long as its process: for tests, simulations and the library. */
export function memoryStore(
  options: { readonly clock?: Pick<Clock, 'now'>; readonly history?: HistoryLimits } = {},
): Store {
  return new LoggedStore({
    committed: new Committed(),
    log: noLog,
    clock: options.clock ?? realClock,
    history: options.history ?? defaultHistory,
    schedule: queueMicrotask,
  })
}
