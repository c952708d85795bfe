import { after, before, describe } from 'node:test'
import { badInput } from './bad-input.ts'
import { explanations } from './explanations.ts'
import { faults } from './faults.ts'
import { guestbook } from './guestbook.ts'
import { helm } from './helm.ts'
import { manifests } from './manifests.ts'
import { nodeFaults } from './node-faults.ts'
import { rollouts } from './rollouts.ts'
import { startSystemCluster, type SystemCluster } from './system-cluster.ts'
import { wordpress } from './wordpress.ts'

/** What a user does, with the real kubectl and helm, on a real cluster of two nodes. */
describe('a cluster of two nodes', () => {
  let cluster: SystemCluster
  before(async () => {
    cluster = await startSystemCluster({ name: 'system', nodes: 2 })
    await cluster.importImages('wherry.test/web', 'redis', 'gb-frontend', 'wordpress', 'mariadb')
  })
  after(() => cluster?.[Symbol.asyncDispose]())

  const get = (): SystemCluster => cluster
  guestbook(get)
  wordpress(get)
  helm(get)
  rollouts(get)
  explanations(get)
  manifests(get)
  badInput(get)
  faults(get)
  nodeFaults(get)
})
