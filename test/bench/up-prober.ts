import { Resolver } from 'node:dns/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Runs in a node's network, as a client of an application does: asks the cluster's DNS for a name and then the address for
 * a page, until it is answered. Arguments: the address of the DNS, the name, and how long to try in milliseconds.
 */
const [dns = '', name = '', tryMs = '0'] = process.argv.slice(2)
const resolver = new Resolver({ timeout: 200, tries: 1 })
resolver.setServers([dns])
const end = Date.now() + Number(tryMs)

async function ask(): Promise<boolean> {
  try {
    const [address] = await resolver.resolve4(name)
    const answer = await fetch(`http://${address}/`, { signal: AbortSignal.timeout(500) })
    return answer.ok
  } catch {
    return false
  }
}

while (!(await ask())) {
  if (Date.now() > end) process.exit(1)
  await sleep(5)
}
