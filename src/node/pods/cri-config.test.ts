import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Pod } from '../../api/core/v1.ts'
import type { Draft } from '../../api/meta/schema.ts'
import { containerConfig, linuxResources, sandboxConfig } from './cri-config.ts'
import type { ContainerParts, NodeFacts } from './cri-config.ts'
import { parseResolvConf, podDns } from './dns.ts'
import { hostsFile, kernelHostname } from './hostname.ts'
import { makePod } from './make.test-helper.ts'
import { containerCgroup, oomScoreAdj, podCgroup, qosClass } from './resources.ts'

const facts: NodeFacts = {
  dns: {
    clusterDns: ['10.96.0.10'],
    clusterDomain: 'cluster.local',
    host: { servers: ['8.8.8.8'], searches: ['lan'], options: ['edns0'] },
  },
  seccompDir: '/seccomp',
  logDir: '/log',
  memoryCapacity: 4 * 2 ** 30,
  cgroupVersion: 2,
}

const parts: ContainerParts = {
  attempt: 2,
  restartDelayMs: 20_000,
  imageId: 'sha256:1',
  imageUser: { uid: undefined, username: '' },
  env: new Map([['NAME', 'x']]),
  mounts: [],
  targetId: undefined,
}

type Spec = Draft<Pod['spec']>
function security(spec: Spec, given: Partial<ContainerParts> = {}) {
  const pod = makePod(spec)
  return containerConfig(pod, { spec: pod.spec.containers[0]!, role: 'app' }, { ...parts, ...given }, facts).linux
    ?.securityContext
}

describe('containerConfig', () => {
  it('expands variables in command and arguments, and says in annotations what a later agent must know', () => {
    const pod = makePod({ containers: [{ name: 'app', command: ['run', '$(NAME)'], args: ['$(OTHER)', '$$(NAME)'] }] })
    const config = containerConfig(pod, { spec: pod.spec.containers[0]!, role: 'app' }, parts, facts)
    assert.deepEqual(
      [config.command, config.args],
      [
        ['run', 'x'],
        ['$(OTHER)', '$(NAME)'],
      ],
    )
    assert.equal(config.logPath, 'app/2.log')
    assert.equal(config.annotations?.['io.kubernetes.container.restartCount'], '2')
    assert.equal(config.annotations?.['wherry.dev/restart-delay-ms'], '20000')
    assert.equal(config.labels?.['io.kubernetes.pod.uid'], 'u-1')
  })

  it("puts the container's security settings before the pod's", () => {
    const context = security({
      securityContext: {
        runAsUser: 1000,
        runAsGroup: 3000,
        fsGroup: 2000,
        supplementalGroups: [5],
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'app',
          securityContext: {
            runAsUser: 0,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'], add: ['CAP_NET_ADMIN'] },
            seccompProfile: { type: 'Localhost', localhostProfile: 'a.json' },
          },
        },
      ],
    })
    assert.deepEqual(context?.runAsUser, { value: 0 })
    assert.deepEqual(context?.runAsGroup, { value: 3000 })
    assert.deepEqual(context?.supplementalGroups, [5, 2000])
    assert.equal(context?.noNewPrivs, true)
    assert.deepEqual(context?.capabilities, { addCapabilities: ['NET_ADMIN'], dropCapabilities: ['ALL'] })
    assert.deepEqual(context?.seccomp, { profileType: 'Localhost', localhostRef: '/seccomp/a.json' })
    assert.ok(context?.maskedPaths?.includes('/proc/kcore'))
  })

  it('lets a privileged container see everything', () => {
    const context = security({ containers: [{ name: 'app', securityContext: { privileged: true } }] })
    assert.deepEqual(context?.maskedPaths, [])
    assert.deepEqual(context?.seccomp, { profileType: 'Unconfined' })
  })

  it('refuses to run as root what must not', () => {
    const mustNot: Spec = { securityContext: { runAsNonRoot: true } }
    assert.throws(() => security(mustNot), /container has runAsNonRoot and image will run as root/)
    assert.throws(
      () => security(mustNot, { imageUser: { uid: undefined, username: 'www' } }),
      /non-numeric user \(www\)/,
    )
    assert.throws(() => security({ securityContext: { runAsNonRoot: true, runAsUser: 0 } }), /breaks non-root policy/)
    assert.ok(security(mustNot, { imageUser: { uid: 7, username: '' } }))
  })

  it('gives an image user together with a group, since the runtime wants both', () => {
    assert.deepEqual(
      security({ securityContext: { runAsGroup: 9 } }, { imageUser: { uid: 5, username: '' } })?.runAsUser,
      { value: 5 },
    )
  })
})

describe('sandboxConfig', () => {
  it('names the pod, its logs, its name servers, its host ports and what it shares', () => {
    const pod = makePod({
      shareProcessNamespace: true,
      securityContext: { sysctls: [{ name: 'net.ipv4.ip_forward', value: '1' }] },
      containers: [
        {
          name: 'app',
          ports: [
            { containerPort: 80, hostPort: 8080, protocol: 'TCP' },
            { containerPort: 81, protocol: 'TCP' },
          ],
        },
      ],
    })
    const config = sandboxConfig(pod, 1, '/kubepods/pod', facts)
    assert.equal(config.logDirectory, '/log/default_web_u-1')
    assert.deepEqual(config.portMappings, [{ protocol: 'TCP', containerPort: 80, hostPort: 8080, hostIp: undefined }])
    assert.deepEqual(config.dnsConfig?.searches, [
      'default.svc.cluster.local',
      'svc.cluster.local',
      'cluster.local',
      'lan',
    ])
    assert.equal(config.linux?.securityContext?.namespaceOptions?.pid, 'POD')
    assert.deepEqual(config.linux?.sysctls, { 'net.ipv4.ip_forward': '1' })
  })

  it("has no host name of its own in the node's network", () => {
    assert.equal(sandboxConfig(makePod({ hostNetwork: true }), 0, '/', facts).hostname, '')
  })
})

describe('podDns', () => {
  it('follows the policy', () => {
    assert.deepEqual(podDns(makePod({ dnsPolicy: 'Default' }), facts.dns), facts.dns.host)
    assert.deepEqual(podDns(makePod({ hostNetwork: true }), facts.dns), facts.dns.host)
    assert.deepEqual(podDns(makePod({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }), facts.dns).servers, [
      '10.96.0.10',
    ])
    const dnsConfig = {
      nameservers: ['1.1.1.1'],
      searches: ['example.com'],
      options: [{ name: 'ndots', value: '2' }, { name: 'rotate' }],
    }
    assert.deepEqual(podDns(makePod({ dnsPolicy: 'None', dnsConfig }), facts.dns), {
      servers: ['1.1.1.1'],
      searches: ['example.com'],
      options: ['ndots:2', 'rotate'],
    })
    assert.deepEqual(podDns(makePod({ dnsConfig }), facts.dns).options, ['ndots:2', 'rotate'])
  })

  it('reads resolv.conf', () => {
    const text = '# c\nnameserver 10.0.0.1\nsearch a.b  c\noptions ndots:1 rotate\nnameserver ::1\n'
    assert.deepEqual(parseResolvConf(text), {
      servers: ['10.0.0.1', '::1'],
      searches: ['a.b', 'c'],
      options: ['ndots:1', 'rotate'],
    })
  })
})

describe('hostname', () => {
  it('is the name of the pod, cut to what the kernel takes', () => {
    assert.equal(kernelHostname(makePod({}, { name: 'a'.repeat(62) + '-b' }), 'cluster.local'), 'a'.repeat(62))
    assert.equal(
      kernelHostname(makePod({ hostname: 'h', subdomain: 's', setHostnameAsFQDN: true }), 'cluster.local'),
      'h.s.default.svc.cluster.local',
    )
  })

  it('stands in the hosts file with the aliases', () => {
    const pod = makePod({ subdomain: 's', hostAliases: [{ ip: '1.2.3.4', hostnames: ['a', 'b'] }] })
    const text = hostsFile(pod, ['10.244.0.5'], 'cluster.local', 'node')
    assert.match(text, /^# Kubernetes-managed hosts file\.\n/)
    assert.match(text, /\n10\.244\.0\.5\tweb\.s\.default\.svc\.cluster\.local\tweb\n/)
    assert.match(text, /\n1\.2\.3\.4\ta\tb\n$/)
    assert.match(
      hostsFile(makePod({ hostNetwork: true }), [], 'cluster.local', 'node\n'),
      /^# Kubernetes-managed hosts file \(host network\)\.\nnode\n$/,
    )
  })
})

describe('resources', () => {
  const of = (limits: Record<string, string>, requests: Record<string, string>): Pod =>
    makePod({ containers: [{ name: 'a', resources: { limits, requests } }] })

  it('tell the class of a pod', () => {
    assert.equal(qosClass(of({}, {})), 'BestEffort')
    assert.equal(qosClass(of({ cpu: '1', memory: '1Gi' }, { cpu: '1000m', memory: '1024Mi' })), 'Guaranteed')
    assert.equal(qosClass(of({ cpu: '1', memory: '1Gi' }, { cpu: '500m', memory: '1Gi' })), 'Burstable')
    assert.equal(qosClass(of({ memory: '1Gi' }, {})), 'Burstable')
  })

  it('become what the kernel counts', () => {
    assert.deepEqual(containerCgroup({ limits: { cpu: '250m', memory: '64Mi' }, requests: { cpu: '100m' } }), {
      cpuShares: 102,
      cpuQuota: 25_000,
      cpuPeriod: 100_000,
      memoryLimit: 67_108_864,
    })
    assert.deepEqual(containerCgroup({}), { cpuShares: 2, cpuQuota: 0, cpuPeriod: 100_000, memoryLimit: 0 })
    const mixed = makePod({
      containers: [
        { name: 'a', resources: { limits: { cpu: '1', memory: '1Gi' } } },
        { name: 'b', resources: { limits: { cpu: '1' } } },
      ],
    })
    assert.deepEqual(podCgroup(mixed), { cpuShares: 2048, cpuQuota: 200_000, cpuPeriod: 100_000, memoryLimit: 0 })
  })

  it('decide who goes first when memory is short', () => {
    const capacity = 4 * 2 ** 30
    const score = (pod: Pod): number => oomScoreAdj(pod, pod.spec.containers[0]!.resources, capacity)
    assert.equal(score(of({}, {})), 1000)
    assert.equal(score(of({}, { memory: '1Gi' })), 750)
    assert.equal(score(of({ cpu: '1', memory: '1Gi' }, { cpu: '1', memory: '1Gi' })), -997)
  })

  it('let a container without memory end as a whole, where the kernel can', () => {
    const unified = (cgroupVersion: 1 | 2) => linuxResources(of({}, {}), {}, { ...facts, cgroupVersion }).unified
    assert.deepEqual(unified(2), { 'memory.oom.group': '1' })
    assert.equal(unified(1), undefined)
  })
})
