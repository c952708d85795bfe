import type { Row } from './figure.ts'
import { median } from './figure.ts'
import type { Load } from './load.ts'

/** A row that says what 1,000 requests cost the server, beside what they cost kube-apiserver with etcd. */
export function loadRow(what: string, loads: readonly Load[], referenceSeconds: number, goalSeconds: number): Row {
  return {
    what: `CPU for 1,000 ${what}, 16 connections`,
    unit: 's',
    runs: loads.map(({ cpuPer1000 }) => cpuPer1000),
    reference: `${referenceSeconds} s`,
    goal: { atMost: goalSeconds },
    cpuSeconds: loads.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    peakMB: Math.max(...loads.map(({ peakMB }) => peakMB)),
    note: `${Math.round(median(loads.map(({ perSecond }) => perSecond)))}/s`,
  }
}
