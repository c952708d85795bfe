import { isWherryError, WherryError } from '../../lib/errors.ts'
import type { Entry } from '../../store/store.ts'
import type { Resource } from './resource.ts'
import { readable } from './stored.ts'

/** How many entries may wait for one watcher to be converted. */
const WAITING_MAX = 20_000

export interface TurnsOptions {
  readonly resource: Resource
  /** The last word: somebody could not convert. */
  readonly onFailure: (error: WherryError) => void
  /** The last word: conversion is too slow for what happens. */
  readonly onBehind: () => void
}

/** Keeps the order of what one watcher of a converted kind is told, however long each conversion takes. */
export interface Turns {
  /** Runs when all before it have run and these entries can be read. */
  add(entries: readonly Entry[], run: () => void): void
  /** Resolves when all that was added so far has run. */
  done(): Promise<void>
  /** Nothing more is run. */
  close(): void
}

/** Undefined for a kind whose objects can be read at once, as most can: its watchers are told at once, too. */
export function turnsFor({ resource, onFailure, onBehind }: TurnsOptions): Turns | undefined {
  if (resource.kind.storedAs?.asking === undefined) return undefined
  let last = Promise.resolve()
  let waiting = 0
  let isOpen = true
  return {
    add(entries, run) {
      if (!isOpen) return
      waiting += entries.length
      if (waiting > WAITING_MAX) {
        isOpen = false
        onBehind()
        return
      }
      const ready = Promise.resolve(readable(resource, entries))
      // It is answered in its turn; until then nobody else listens.
      ready.catch(() => {})
      last = last.then(async () => {
        if (!isOpen) return
        try {
          await ready
          waiting -= entries.length
          if (isOpen) run()
        } catch (error) {
          isOpen = false
          onFailure(
            isWherryError(error) ? error : new WherryError('internal', 'the watch could not go on', { cause: error }),
          )
        }
      })
    },
    done: () => last,
    close() {
      isOpen = false
    },
  }
}
