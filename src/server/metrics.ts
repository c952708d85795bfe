import type { Store } from '../store/store.ts'
import { text } from './health.ts'
import type { PathHandler } from './http/handler.ts'

/** Upper bounds of the buckets in which durations are counted, in seconds. */
const BUCKETS_SECONDS = [0.005, 0.025, 0.1, 0.5, 1, 5, 30]

interface Series {
  readonly labels: string
  count: number
  sumSeconds: number
  readonly buckets: number[]
}

/** Counts what the server does, in the words of the reference server where it has them. */
export class Metrics {
  readonly #requests = new Map<string, Series>()
  /** Watches that are open now. */
  watches = 0

  /** One request has been answered. */
  observe(verb: string, group: string, resource: string, code: number, seconds: number): void {
    const key = `${verb} ${code} ${resource}.${group}`
    let series = this.#requests.get(key)
    if (series === undefined) {
      const labels = `verb="${verb.toUpperCase()}",group="${group}",resource="${resource}",code="${code}"`
      series = { labels, count: 0, sumSeconds: 0, buckets: BUCKETS_SECONDS.map(() => 0) }
      this.#requests.set(key, series)
    }
    series.count++
    series.sumSeconds += seconds
    for (let i = 0; i < BUCKETS_SECONDS.length; i++) {
      if (seconds <= BUCKETS_SECONDS[i]!) {
        series.buckets[i]!++
        break
      }
    }
  }

  /** All of it in the text format of Prometheus. */
  format(store: Store): string {
    const lines: string[] = []
    const add = (name: string, type: string, help: string, samples: readonly string[]): void => {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples)
    }
    const series = [...this.#requests.values()]
    add(
      'apiserver_request_total',
      'counter',
      'Requests that were answered.',
      samplesOf('apiserver_request_total', series, 'count'),
    )
    add(
      'apiserver_request_duration_seconds',
      'histogram',
      'How long requests took to be answered; of watches, until they began.',
      series.flatMap((one) => histogramOf('apiserver_request_duration_seconds', one)),
    )
    const gauges: readonly (readonly [string, string, number])[] = [
      ['apiserver_longrunning_requests', 'Watches that are open.', this.watches],
      ['wherry_store_revision', 'The newest revision.', store.revision()],
      ...Object.entries(store.stats()).map(
        ([name, value]) => [`wherry_store_${snake(name)}`, 'See the statistics of the store.', value] as const,
      ),
      ['process_resident_memory_bytes', 'Memory of the process.', process.memoryUsage.rss()],
    ]
    for (const [name, help, value] of gauges) add(name, 'gauge', help, [`${name} ${value}`])
    const { user, system } = process.cpuUsage()
    add('process_cpu_seconds_total', 'counter', 'Processor time of the process.', [
      `process_cpu_seconds_total ${(user + system) / 1e6}`,
    ])
    return `${lines.join('\n')}\n`
  }
}

function samplesOf(name: string, series: readonly Series[], what: 'count'): string[] {
  return series.map((one) => `${name}{${one.labels}} ${one[what]}`)
}

function histogramOf(name: string, { labels, count, sumSeconds, buckets }: Series): string[] {
  let sum = 0
  const lines = BUCKETS_SECONDS.map((bound, i) => {
    sum += buckets[i]!
    return `${name}_bucket{${labels},le="${bound}"} ${sum}`
  })
  lines.push(`${name}_bucket{${labels},le="+Inf"} ${count}`)
  return [...lines, `${name}_sum{${labels}} ${sumSeconds}`, `${name}_count{${labels}} ${count}`]
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** Serves `/metrics`. */
export function metricsHandler(metrics: Metrics, store: Store): PathHandler {
  return ({ target }) => {
    if (target.path !== '/metrics' || target.verb !== 'get') return undefined
    const { headers, ...rest } = text(200, metrics.format(store))
    return { ...rest, headers: { ...headers, 'content-type': 'text/plain; version=0.0.4; charset=utf-8' } }
  }
}
