import type { Bench, Figure } from './figure.ts'
import type { Request } from './load.ts'
import { repeatedLoad } from './load.ts'
import { loadRow } from './load-row.ts'
import { makeNamespace, makePods, podsIn, podStatus } from './objects.ts'
import { TestServer } from './test-server.ts'

const REQUESTS = 2000

async function* measure(
  { repeats }: Bench,
  what: string,
  [reference, goal]: readonly [number, number],
  request: (name: string, round: number) => Omit<Request, 'method' | 'path'> & { readonly query: string },
) {
  await using server = await TestServer.start()
  await makeNamespace(server, 'bench')
  const names = await makePods(server, 'bench', 1000)
  let round = 0
  const loads = await repeatedLoad(server, repeats, {
    connections: 16,
    requests: REQUESTS,
    next() {
      const name = names[round % names.length]!
      const { query, ...rest } = request(name, Math.floor(round++ / names.length))
      return { method: 'PATCH', path: `${podsIn('bench')}/${name}/status${query}`, ...rest }
    },
  })
  yield loadRow(what, loads, reference, goal)
}

/** What the status of a pod costs when an agent patches it. */
export const statusPatch: Figure = {
  name: 'status-patch',
  summary: 'strategic merge patches of the status of Pods, 16 connections',
  run: (bench) =>
    measure(bench, 'Pod status patches', [9.3, 0.5], (_name, round) => ({
      query: '',
      contentType: 'application/strategic-merge-patch+json',
      body: JSON.stringify({ status: podStatus(round) }),
    })),
}

/** The same by server-side apply. */
export const statusApply: Figure = {
  name: 'status-apply',
  summary: 'server-side applies of the status of Pods, 16 connections',
  run: (bench) =>
    measure(bench, 'Pod status applies', [10.8, 0.6], (name, round) => ({
      query: '?fieldManager=bench&force=true',
      contentType: 'application/apply-patch+yaml',
      body: JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, status: podStatus(round) }),
    })),
}
