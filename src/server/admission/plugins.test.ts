import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LimitRanges } from '../../api/core/limit-range.ts'
import { Namespaces } from '../../api/core/namespace.ts'
import { Nodes } from '../../api/core/node.ts'
import { PersistentVolumeClaims } from '../../api/core/persistent-volume-claim.ts'
import { Pods } from '../../api/core/pod.ts'
import { Secrets } from '../../api/core/secret.ts'
import { ServiceAccounts } from '../../api/core/service-account.ts'
import { Deployments } from '../../api/apps/deployment.ts'
import { decodeObject } from '../../api/meta/decode.ts'
import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import { IngressClasses } from '../../api/networking/ingress-class.ts'
import { Ingresses } from '../../api/networking/ingress.ts'
import { RuntimeClasses } from '../../api/node/runtime-class.ts'
import { PriorityClasses } from '../../api/scheduling/priority-class.ts'
import { StorageClasses } from '../../api/storage/storage-class.ts'
import { VirtualClock } from '../../lib/clock.ts'
import { isWherryError } from '../../lib/errors.ts'
import { seededRandom } from '../../lib/random.ts'
import { Identity } from '../authn/identity.ts'
import type { Attempt, ObjectReader } from './admission.ts'
import { admissionPlugins } from './plugins.ts'

type Raw = Record<string, unknown> & { metadata?: Record<string, unknown> }

function make(kind: Kind<any>, raw: Raw): any {
  const { metadata, ...rest } = raw
  const named = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: 'x', ...metadata }, ...rest }
  return decodeObject(kind.message, named).object
}

/** A cluster's memory, and the plug-ins over it. */
class World {
  readonly #objects = new Map<Kind<any>, any[]>()
  readonly #handlers: (() => void)[] = []
  readonly clock = new VirtualClock()
  readonly warnings: string[] = []
  readonly reader: ObjectReader = {
    get: (kind, { namespace, name }) =>
      this.#all(kind).find(
        ({ metadata }) => metadata.name === name && (namespace === undefined || metadata.namespace === namespace),
      ),
    list: (kind, namespace) =>
      this.#all(kind).filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace),
    onChange: (_, handler) => {
      this.#handlers.push(handler as () => void)
      return () => this.#handlers.splice(this.#handlers.indexOf(handler as () => void), 1)
    },
  }
  readonly plugins = admissionPlugins({
    reader: this.reader,
    authorizer: () => ({ decision: 'no-opinion', reason: '' }),
    clock: this.clock,
    random: seededRandom(1),
  })

  constructor() {
    this.put(Namespaces, { metadata: { name: 'ns' }, status: { phase: 'Active' } })
    this.put(ServiceAccounts, { metadata: { name: 'default', namespace: 'ns' } })
  }

  #all(kind: Kind<any>): any[] {
    return this.#objects.get(kind) ?? []
  }

  put(kind: Kind<any>, raw: Raw): void {
    this.#objects.set(kind, [...this.#all(kind), make(kind, raw)])
    for (const handler of this.#handlers.slice()) handler()
  }

  attempt(operation: Attempt['operation'], kind: Kind<any>, object?: any, old?: any, subresource = ''): Attempt {
    const name = object?.metadata.name ?? old?.metadata.name ?? 'x'
    const namespace = kind.namespaced ? 'ns' : ''
    const { group, version, plural } = kind
    return {
      operation,
      kind,
      target: {
        resource: true,
        verb: 'create',
        group,
        version,
        plural,
        subresource,
        namespace,
        name,
        rest: '',
        path: '',
        kind,
      },
      identity: Identity.of('somebody', []),
      object,
      old,
      dryRun: false,
      options: {},
      warn: (message) => this.warnings.push(message),
    }
  }

  /** Runs everything, and returns what the object has become. */
  async admit(operation: Attempt['operation'], kind: Kind<any>, raw?: Raw, old?: Raw, subresource = ''): Promise<any> {
    let object: KubeObject | undefined = raw && make(kind, raw)
    const before = old && make(kind, old)
    for (const { handles, mutate } of this.plugins) {
      const attempt = this.attempt(operation, kind, object, before, subresource)
      if (object !== undefined && mutate !== undefined && handles(attempt)) object = await mutate(attempt)
    }
    const attempt = this.attempt(operation, kind, object, before, subresource)
    for (const { handles, validate } of this.plugins)
      if (validate !== undefined && handles(attempt)) await validate(attempt)
    return object
  }

  refuses(code: string, message: RegExp | string, ...args: Parameters<World['admit']>): Promise<void> {
    return assert.rejects(
      () => this.admit(...args),
      (error) => {
        assert.ok(isWherryError(error), String(error))
        assert.equal(error.code, code)
        if (typeof message === 'string') assert.equal(error.message, message)
        else assert.match(error.message, message)
        return true
      },
    )
  }
}

const pod = (spec: object = {}, metadata: object = {}): Raw => ({
  metadata: { name: 'web', namespace: 'ns', ...metadata },
  spec: { containers: [{ name: 'c' }], ...spec },
})

describe('NamespaceLifecycle', () => {
  it('refuses what has no namespace to go to', async () => {
    const world = new World()
    const attempt = world.attempt('CREATE', Secrets, make(Secrets, {}))
    const lost = { ...attempt, target: { ...attempt.target, namespace: 'nowhere' } }
    const [plugin] = world.plugins
    assert.throws(() => plugin!.validate!(lost), { message: 'namespaces "nowhere" not found', code: 'not-found' })
  })

  it('lets nothing new into a namespace that is going away', async () => {
    const world = new World()
    world.reader.get(Namespaces, { name: 'ns' })!.status.phase = 'Terminating'
    await world.refuses(
      'forbidden',
      'secrets "x" is forbidden: unable to create new content in namespace ns because it is being terminated',
      'CREATE',
      Secrets,
      {},
    )
    await world.admit('UPDATE', Secrets, {}, {})
    await world.admit('DELETE', Secrets, undefined, {})
  })

  it('keeps the namespaces that the cluster needs', async () => {
    const world = new World()
    const gone = { metadata: { name: 'kube-system' } }
    await world.refuses(
      'forbidden',
      'namespaces "kube-system" is forbidden: this namespace may not be deleted',
      'DELETE',
      Namespaces,
      undefined,
      gone,
    )
    await world.admit('DELETE', Namespaces, undefined, { metadata: { name: 'mine' } })
  })
})

describe('ServiceAccount', () => {
  it('gives a Pod the default account, and mounts its token into every container', async () => {
    const { spec } = await new World().admit(
      'CREATE',
      Pods,
      pod({ initContainers: [{ name: 'i' }], volumes: [{ name: 'own', emptyDir: {} }] }),
    )
    assert.deepEqual([spec.serviceAccountName, spec.serviceAccount], ['default', 'default'])
    const [own, token] = spec.volumes
    assert.equal(own.name, 'own')
    assert.match(token.name, /^kube-api-access-[a-z0-9]{5}$/)
    assert.deepEqual(token.projected, {
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
      defaultMode: 420,
    })
    const mount = { name: token.name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }
    assert.deepEqual([spec.containers[0].volumeMounts, spec.initContainers[0].volumeMounts], [[mount], [mount]])
  })

  it('puts nothing over what a container has mounted there itself', async () => {
    const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount'
    const { spec } = await new World().admit(
      'CREATE',
      Pods,
      pod({ containers: [{ name: 'c', volumeMounts: [{ name: 'v', mountPath }] }] }),
    )
    assert.equal(spec.volumes, undefined)
  })

  it('asks the Pod first and then the account whether a token is wanted', async () => {
    const world = new World()
    world.put(ServiceAccounts, { metadata: { name: 'quiet', namespace: 'ns' }, automountServiceAccountToken: false })
    const volumes = async (spec: object): Promise<unknown> =>
      (await world.admit('CREATE', Pods, pod(spec))).spec.volumes?.length
    assert.equal(await volumes({ serviceAccountName: 'quiet' }), undefined)
    assert.equal(await volumes({ serviceAccountName: 'quiet', automountServiceAccountToken: true }), 1)
    assert.equal(await volumes({ automountServiceAccountToken: false }), undefined)
  })

  it('gives it the secrets for pulling images, unless it has its own', async () => {
    const world = new World()
    world.put(ServiceAccounts, { metadata: { name: 'puller', namespace: 'ns' }, imagePullSecrets: [{ name: 's' }] })
    const secrets = async (spec: object): Promise<unknown> =>
      (await world.admit('CREATE', Pods, pod(spec))).spec.imagePullSecrets
    assert.deepEqual(await secrets({ serviceAccountName: 'puller' }), [{ name: 's' }])
    assert.deepEqual(await secrets({ serviceAccountName: 'puller', imagePullSecrets: [{ name: 'own' }] }), [
      { name: 'own' },
    ])
  })

  it('refuses an account that is not there', async () => {
    await new World().refuses(
      'forbidden',
      'pods "web" is forbidden: error looking up service account ns/ghost: serviceaccount "ghost" not found',
      'CREATE',
      Pods,
      pod({ serviceAccountName: 'ghost' }),
    )
  })

  it('waits for the default account of a new namespace', async () => {
    const world = new World()
    const accounts = world.reader.list(ServiceAccounts) as unknown[]
    const [account] = accounts
    const reader = world.reader.get
    let there = false
    ;(world.reader as any).get = (kind: any, ref: any) =>
      kind === ServiceAccounts && !there ? undefined : reader(kind, ref)
    const pending = world.admit('CREATE', Pods, pod())
    await new Promise((resolve) => setImmediate(resolve))
    there = true
    world.put(ServiceAccounts, { metadata: { name: 'other', namespace: 'ns' } })
    assert.equal((await pending).spec.serviceAccountName, 'default')
    assert.ok(account)
  })

  it('gives up on the default account after a second', async () => {
    const world = new World()
    ;(world.reader as any).get = (kind: any) => (kind === Namespaces ? make(Namespaces, {}) : undefined)
    const pending = assert.rejects(world.admit('CREATE', Pods, pod()), /serviceaccount "default" not found/)
    await world.clock.advance(1000)
    await pending
  })

  it('lets a mirror Pod have no account', async () => {
    const mirror = { annotations: { 'kubernetes.io/config.mirror': 'x' } }
    assert.equal((await new World().admit('CREATE', Pods, pod({}, mirror))).spec.serviceAccountName, undefined)
    await new World().refuses(
      'forbidden',
      /mirror pod may not reference/,
      'CREATE',
      Pods,
      pod({ serviceAccountName: 'a' }, mirror),
    )
  })
})

describe('DefaultTolerationSeconds', () => {
  it('lets a Pod stay for a while on a lost node, unless it has said something of that', async () => {
    const tolerations = async (own?: object[]): Promise<any[]> =>
      (await new World().admit('CREATE', Pods, pod(own && { tolerations: own }))).spec.tolerations
    const [notReady, unreachable] = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map((key) => ({
      key,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 300,
    }))
    assert.deepEqual(await tolerations(), [notReady, unreachable])
    const all = { operator: 'Exists' }
    assert.deepEqual(await tolerations([all]), [all])
    const own = { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }
    assert.deepEqual(await tolerations([own]), [own, notReady])
    const other = { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoSchedule' }
    assert.deepEqual(await tolerations([other]), [other, notReady, unreachable])
  })
})

describe('Priority', () => {
  const high = { metadata: { name: 'high' }, value: 1000, preemptionPolicy: 'Never' }
  const usual = { metadata: { name: 'usual' }, value: 5, globalDefault: true, preemptionPolicy: 'PreemptLowerPriority' }

  it('computes the priority of a Pod from its class', async () => {
    const world = new World()
    const of = async (spec: object): Promise<unknown[]> => {
      const { spec: result } = await world.admit('CREATE', Pods, pod(spec))
      return [result.priorityClassName, result.priority, result.preemptionPolicy]
    }
    assert.deepEqual(await of({}), [undefined, 0, 'PreemptLowerPriority'])
    world.put(PriorityClasses, high)
    assert.deepEqual(await of({ priorityClassName: 'high' }), ['high', 1000, 'Never'])
    world.put(PriorityClasses, usual)
    assert.deepEqual(await of({}), ['usual', 5, 'PreemptLowerPriority'])
  })

  it('refuses classes that are not there, and numbers that differ', async () => {
    const world = new World()
    world.put(PriorityClasses, high)
    await world.refuses(
      'forbidden',
      'pods "web" is forbidden: no PriorityClass with name low was found',
      'CREATE',
      Pods,
      pod({ priorityClassName: 'low' }),
    )
    await world.refuses(
      'forbidden',
      /integer value of priority \(7\).*computed 1000/,
      'CREATE',
      Pods,
      pod({ priorityClassName: 'high', priority: 7 }),
    )
  })

  it('keeps the priority when a Pod is updated by who does not know it', async () => {
    const { spec } = await new World().admit('UPDATE', Pods, pod(), pod({ priority: 7 }))
    assert.equal(spec.priority, 7)
  })

  it('lets only one class be the default', async () => {
    const world = new World()
    world.put(PriorityClasses, usual)
    await world.refuses('forbidden', /PriorityClass usual is already marked as default/, 'CREATE', PriorityClasses, {
      ...high,
      globalDefault: true,
    })
    await world.admit('UPDATE', PriorityClasses, usual, usual)
  })
})

describe('TaintNodesByCondition', () => {
  it('keeps Pods off a new node', async () => {
    const { spec } = await new World().admit('CREATE', Nodes, {})
    assert.deepEqual(spec.taints, [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }])
  })
})

describe('RuntimeClass', () => {
  it('adds what the runtime takes and where it is', async () => {
    const world = new World()
    world.put(RuntimeClasses, {
      metadata: { name: 'sandbox' },
      handler: 'h',
      overhead: { podFixed: { cpu: '100m' } },
      scheduling: { nodeSelector: { a: '1' }, tolerations: [{ key: 'k', operator: 'Exists' }] },
    })
    const { spec } = await world.admit('CREATE', Pods, pod({ runtimeClassName: 'sandbox', nodeSelector: { b: '2' } }))
    assert.deepEqual([spec.overhead, spec.nodeSelector], [{ cpu: '100m' }, { b: '2', a: '1' }])
    assert.ok(spec.tolerations.some(({ key }: { key: string }) => key === 'k'))
    await world.refuses(
      'forbidden',
      /conflict: runtimeClass.scheduling.nodeSelector\[a\] = 1; pod.spec.nodeSelector\[a\] = 2/,
      'CREATE',
      Pods,
      pod({ runtimeClassName: 'sandbox', nodeSelector: { a: '2' } }),
    )
    await world.refuses(
      'forbidden',
      /Overhead doesn't match/,
      'CREATE',
      Pods,
      pod({ runtimeClassName: 'sandbox', overhead: { cpu: '1' } }),
    )
  })

  it('refuses a class that is not there, and overhead without one', async () => {
    await new World().refuses(
      'forbidden',
      /pod rejected: RuntimeClass "x" not found/,
      'CREATE',
      Pods,
      pod({ runtimeClassName: 'x' }),
    )
    await new World().refuses(
      'forbidden',
      /Overhead set without corresponding RuntimeClass/,
      'CREATE',
      Pods,
      pod({ overhead: { cpu: '1' } }),
    )
  })
})

describe('DefaultStorageClass and DefaultIngressClass', () => {
  const isDefault = (annotation: string, name: string, creationTimestamp: string): Raw => ({
    metadata: { name, creationTimestamp, annotations: { [annotation]: 'true' } },
  })

  it('name the newest default', async () => {
    const world = new World()
    for (const [kind, annotation] of [
      [StorageClasses, 'storageclass.kubernetes.io/is-default-class'],
      [IngressClasses, 'ingressclass.kubernetes.io/is-default-class'],
    ] as const) {
      world.put(kind, isDefault(annotation, 'old', '2026-01-01T00:00:00Z'))
      world.put(kind, isDefault(annotation, 'new', '2026-01-02T00:00:00Z'))
    }
    assert.equal((await world.admit('CREATE', PersistentVolumeClaims, {})).spec.storageClassName, 'new')
    assert.equal((await world.admit('CREATE', Ingresses, {})).spec.ingressClassName, 'new')
    assert.equal(
      (await world.admit('CREATE', PersistentVolumeClaims, { spec: { storageClassName: '' } })).spec.storageClassName,
      '',
    )
    const annotated = { metadata: { annotations: { 'kubernetes.io/ingress.class': 'own' } } }
    assert.equal((await world.admit('CREATE', Ingresses, annotated)).spec.ingressClassName, undefined)
  })
})

describe('LimitRanger', () => {
  const range = (...limits: object[]): Raw => ({ metadata: { name: 'r', namespace: 'ns' }, spec: { limits } })
  const container = (resources: object): object => ({ containers: [{ name: 'c', resources }] })

  it('gives containers their defaults, and says so', async () => {
    const world = new World()
    world.put(
      LimitRanges,
      range({ type: 'Container', default: { cpu: '1' }, defaultRequest: { cpu: '500m', memory: '1Gi' } }),
    )
    const result = await world.admit('CREATE', Pods, pod(container({ requests: { memory: '2Gi' } })))
    assert.deepEqual(result.spec.containers[0].resources, {
      requests: { memory: '2Gi', cpu: '500m' },
      limits: { cpu: '1' },
    })
    assert.equal(
      result.metadata.annotations['kubernetes.io/limit-ranger'],
      'LimitRanger plugin set: cpu request for container c; cpu limit for container c',
    )
  })

  const cases: [string, object, object, RegExp][] = [
    [
      'a minimum',
      { type: 'Container', min: { cpu: '1' } },
      { requests: { cpu: '500m' } },
      /minimum cpu usage per Container is 1, but request is 500m/,
    ],
    [
      'a minimum without a request',
      { type: 'Container', min: { cpu: '1' } },
      {},
      /minimum cpu usage per Container is 1\. {2}No request is specified/,
    ],
    [
      'a maximum',
      { type: 'Container', max: { memory: '1Gi' } },
      { limits: { memory: '2Gi' } },
      /maximum memory usage per Container is 1Gi, but limit is 2Gi/,
    ],
    [
      'a maximum without a limit',
      { type: 'Container', max: { memory: '1Gi' } },
      {},
      /maximum memory usage per Container is 1Gi\. {2}No limit is specified/,
    ],
    [
      'a ratio',
      { type: 'Container', maxLimitRequestRatio: { cpu: '2' } },
      { requests: { cpu: '1' }, limits: { cpu: '3' } },
      /cpu max limit to request ratio per Container is 2, but provided ratio is 3\.000000/,
    ],
    [
      'a maximum for the whole Pod',
      { type: 'Pod', max: { cpu: '1' } },
      { limits: { cpu: '2' } },
      /maximum cpu usage per Pod is 1, but limit is 2/,
    ],
  ]
  for (const [what, limit, resources, message] of cases) {
    it(`keeps to ${what}`, async () => {
      const world = new World()
      world.put(LimitRanges, range(limit))
      await world.refuses('forbidden', message, 'CREATE', Pods, pod(container(resources)))
    })
  }

  it('keeps claims to their bounds', async () => {
    const world = new World()
    world.put(LimitRanges, range({ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }))
    const claim = { spec: { resources: { requests: { storage: '2Gi' } } } }
    await world.refuses(
      'forbidden',
      /maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi/,
      'CREATE',
      PersistentVolumeClaims,
      claim,
    )
  })
})

describe('PodSecurity', () => {
  const strict = (labels: Record<string, string>): World => {
    const world = new World()
    world.reader.get(Namespaces, { name: 'ns' })!.metadata.labels = labels
    return world
  }
  const label = 'pod-security.kubernetes.io/'

  it('asks nothing by default', async () => {
    await new World().admit('CREATE', Pods, pod({ hostNetwork: true }))
  })

  it('refuses what the baseline forbids', async () => {
    await strict({ [`${label}enforce`]: 'baseline' }).refuses(
      'forbidden',
      'pods "web" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true), privileged (container "c" must not set securityContext.privileged=true)',
      'CREATE',
      Pods,
      pod({ hostNetwork: true, containers: [{ name: 'c', securityContext: { privileged: true } }] }),
    )
  })

  it('refuses what is not restricted', async () => {
    await strict({ [`${label}enforce`]: 'restricted', [`${label}enforce-version`]: 'v1.30' }).refuses(
      'forbidden',
      'pods "web" is forbidden: violates PodSecurity "restricted:v1.30": allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
      'CREATE',
      Pods,
      pod(),
    )
  })

  it('lets in what is restricted', async () => {
    await strict({ [`${label}enforce`]: 'restricted' }).admit(
      'CREATE',
      Pods,
      pod({
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          { name: 'c', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
        ],
      }),
    )
  })

  it('warns of templates whose Pods it would refuse', async () => {
    const world = strict({ [`${label}enforce`]: 'baseline' })
    await world.admit('CREATE', Deployments, { spec: { template: { spec: { hostPID: true, containers: [] } } } })
    assert.deepEqual(world.warnings, ['would violate PodSecurity "baseline:latest": host namespaces (hostPID=true)'])
  })

  it('lets a Pod that is there already be changed', async () => {
    const world = strict({ [`${label}enforce`]: 'baseline' })
    const old = pod({ hostPID: true, containers: [{ name: 'c', image: 'a' }] })
    await world.admit('UPDATE', Pods, old, old)
    await world.refuses(
      'forbidden',
      /hostPID=true/,
      'UPDATE',
      Pods,
      pod({ hostPID: true, containers: [{ name: 'c', image: 'b' }] }),
      old,
    )
  })

  it('refuses labels that make no sense, but takes a level that is none for the strictest', async () => {
    const labels = { [`${label}enforce`]: 'stern' }
    await new World().refuses(
      'invalid',
      'Namespace "x" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "stern": must be one of privileged, baseline, restricted',
      'CREATE',
      Namespaces,
      { metadata: { labels } },
    )
    await strict(labels).refuses('forbidden', /violates PodSecurity "restricted:latest"/, 'CREATE', Pods, pod())
  })

  it('warns of Pods that a new level would refuse', async () => {
    const world = new World()
    for (const name of ['b', 'a']) world.put(Pods, pod({ hostPID: true }, { name }))
    const namespace = (labels: object): Raw => ({ metadata: { name: 'ns', labels } })
    await world.admit('UPDATE', Namespaces, namespace({ [`${label}enforce`]: 'baseline' }), namespace({}))
    assert.deepEqual(world.warnings, [
      'existing pods in namespace "ns" violate the new PodSecurity enforce level "baseline:latest"',
      'a (and 1 other pod): host namespaces',
    ])
  })
})
