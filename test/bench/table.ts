import type { Row } from './figure.ts'
import { median, meets } from './figure.ts'

const WIDTHS = [52, 11, 11, 3, 16, 8, 8]

export const header = line(['figure', 'measured', 'goal', '', 'reference', 'CPU', 'peak']) + '  runs'

/** A row as it is printed. */
export function format(row: Row): string {
  const { what, runs, unit, goal, reference, cpuSeconds, peakMB, note } = row
  const met = meets(row)
  const cells = [
    what,
    show(median(runs), unit),
    goal === undefined ? '' : 'atMost' in goal ? `≤ ${show(goal.atMost, unit)}` : `≥ ${show(goal.atLeast, unit)}`,
    met === undefined ? '' : met ? 'ok' : '–',
    reference ?? '',
    cpuSeconds === undefined ? '' : show(cpuSeconds, 's'),
    peakMB === undefined ? '' : show(peakMB, 'MB'),
  ]
  return `${line(cells)}  ${runs.map((value) => digits(value)).join(' ')}${note === undefined ? '' : ` · ${note}`}`
}

function line(cells: readonly string[]): string {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(WIDTHS[i]!) : cell.padStart(WIDTHS[i]!))).join(' ')
}

function show(value: number, unit: string): string {
  return `${digits(value)} ${unit}`
}

/** Three digits that say something. */
function digits(value: number): string {
  if (!Number.isFinite(value)) return '?'
  const size = Math.abs(value)
  return size >= 100
    ? value.toFixed(0)
    : size >= 10
      ? value.toFixed(1)
      : size >= 1
        ? value.toFixed(2)
        : value.toFixed(3)
}
