import type { Pod } from '../../api/core/v1.ts'

/** What a resolver is told. */
export interface ResolverConfig {
  readonly servers: readonly string[]
  readonly searches: readonly string[]
  readonly options: readonly string[]
}

export interface DnsFacts {
  /** Addresses of the cluster's DNS; without any, pods get what the node has. */
  readonly clusterDns: readonly string[]
  readonly clusterDomain: string
  readonly host: ResolverConfig
}

const serversMax = 3
const searchesMax = 32

/** The resolver configuration that a pod's `dnsPolicy` and `dnsConfig` ask for. */
export function podDns(pod: Pod, facts: DnsFacts): ResolverConfig {
  const base = policyDns(pod, facts)
  const { nameservers = [], searches = [], options = [] } = pod.spec.dnsConfig ?? {}
  const named = new Map<string, string>()
  for (const option of base.options) named.set(option.split(':')[0]!, option)
  for (const { name = '', value } of options) named.set(name, value ? `${name}:${value}` : name)
  return {
    servers: unique([...base.servers, ...nameservers]).slice(0, serversMax),
    searches: unique([...base.searches, ...searches]).slice(0, searchesMax),
    options: [...named.values()],
  }
}

function policyDns({ metadata, spec }: Pod, { clusterDns, clusterDomain, host }: DnsFacts): ResolverConfig {
  const policy = spec.dnsPolicy ?? 'ClusterFirst'
  if (policy === 'None') return { servers: [], searches: [], options: [] }
  const inCluster = policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && spec.hostNetwork !== true)
  if (!inCluster || clusterDns.length === 0) return host
  const own = [`${metadata.namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain]
  return { servers: clusterDns, searches: [...own, ...host.searches], options: ['ndots:5'] }
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}

/** Reads the text of a resolv.conf. */
export function parseResolvConf(text: string): ResolverConfig {
  const servers: string[] = []
  let searches: string[] = []
  let options: string[] = []
  for (const line of text.split('\n')) {
    const [word, ...rest] = line.trim().split(/\s+/)
    if (word === 'nameserver' && rest[0] !== undefined) servers.push(rest[0])
    else if (word === 'search') searches = rest.filter((domain) => domain !== '.')
    else if (word === 'options') options = rest
  }
  return { servers, searches, options }
}
