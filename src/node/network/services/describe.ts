import type { Service } from '../../../api/core/v1.ts'
import type { DecisionDraft } from '../../../lib/decisions.ts'
import type { ServicePlan } from './plan.ts'

/** Pure. What a node's proxy decided about a Service, for whoever asks why it does not answer. */
export function describePlan(
  { metadata }: Service,
  plan: ServicePlan | undefined,
  lost: readonly { readonly key: string; readonly to: string }[],
): DecisionDraft {
  const { namespace, name, uid, resourceVersion } = metadata
  const about = { resource: 'services', namespace, name, uid, resourceVersion }
  const draft = (
    verdict: DecisionDraft['verdict'],
    reason: string,
    message: string,
    extra: Partial<DecisionDraft> = {},
  ): DecisionDraft => ({ about, verdict, reason, message, because: [], ...extra })

  if (plan === undefined) return draft('done', 'NotProxied', 'No address of its own is proxied on this node')
  if (lost.length > 0) {
    const because = lost.map(({ key, to }) => ({
      ref: { resource: 'services', ...refOf(to) },
      message: `${key.replaceAll(' . ', ' ')} leads to it already`,
    }))
    const help = 'Give one of them another address or port'
    return draft('refused', 'AddressTaken', 'Another Service has its address and port', { because, help })
  }
  const empty = plan.pools.filter(({ name: pool, targets }) => pool.endsWith('/cluster') && targets.length === 0)
  if (empty.length > 0) {
    const ports = empty.map(({ name: pool }) => pool.split('/').slice(0, 2).join('/')).join(', ')
    const because = [{ message: `No ready endpoint for ${ports}`, facts: { ports } }]
    return draft('waiting', 'NoEndpoints', 'Connections are refused: there is no ready endpoint', { because })
  }
  const sizes = plan.pools.map(({ name: pool, targets }) => [pool, targets.length])
  const facts = Object.fromEntries(sizes) as Record<string, number>
  const because = [{ message: 'Endpoints of each port', facts }]
  return draft('done', 'Programmed', 'Connections are sent to its endpoints', { because })
}

function refOf(owner: string): { readonly namespace?: string; readonly name: string } {
  const [namespace, name] = owner.replace(/^service:/, '').split('/')
  return name === undefined ? { name: namespace ?? '' } : { namespace, name }
}
