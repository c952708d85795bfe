import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { applyDefaults } from '../../meta/defaults.ts'
import { decodeObject } from '../../meta/decode.ts'
import { Problems } from '../../meta/problems.ts'
import { validateFields } from '../../meta/validate.ts'
import { Pods } from '../pod.ts'
import type { Pod } from '../v1.ts'

const main = { name: 'c', image: 'i' }

function make(raw: object): Pod {
  const { object } = decodeObject(Pods.message, { apiVersion: 'v1', kind: 'Pod', ...raw }) as { object: Pod }
  applyDefaults(Pods.message, object)
  Pods.defaults!(object)
  return object
}

const pod = (spec: object): Pod => make({ metadata: { name: 'p' }, spec: { containers: [main], ...spec } })
const container = (more: object): Pod => pod({ containers: [{ ...main, ...more }] })

function lines({ causes }: Problems): string[] {
  return causes.map(({ field, message }) => `${field}: ${message}`)
}

function wrongWith(object: Pod): string[] {
  const problems = new Problems()
  validateFields(Pods.message, object, problems)
  Pods.validate!(object, problems)
  Pods.validateCreate!(object, problems)
  return lines(problems)
}

function wrongUpdate(next: Pod, old: Pod, subresource = ''): string[] {
  const problems = new Problems()
  if (subresource === 'status') Pods.validateStatus!(next, old, problems)
  else Pods.validateUpdate!(next, old, problems, subresource)
  return lines(problems)
}

describe('a Pod', () => {
  it('may be as simple as one container, or use everything', () => {
    assert.deepEqual(wrongWith(pod({})), [])
    assert.deepEqual(
      wrongWith(
        pod({
          serviceAccountName: 'a',
          containers: [
            {
              ...main,
              ports: [
                { name: 'http', containerPort: 80, hostPort: 80 },
                { containerPort: 80, protocol: 'UDP', hostPort: 80 },
              ],
              env: [
                { name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.labels['a/b']" } } },
                { name: 'B.c', value: '' },
              ],
              envFrom: [{ configMapRef: { name: 'x' } }],
              resources: {
                requests: { cpu: '1', 'example.com/gpu': '1' },
                limits: { cpu: '2', 'example.com/gpu': '1' },
              },
              volumeMounts: [{ name: 'v', mountPath: '/v', subPath: 'a/b' }],
              readinessProbe: { httpGet: { port: 'http' }, successThreshold: 3 },
              lifecycle: { preStop: { sleep: { seconds: 5 } } },
              securityContext: { runAsUser: 0, seccompProfile: { type: 'Localhost', localhostProfile: 'a.json' } },
            },
          ],
          initContainers: [
            { ...main, name: 'side', restartPolicy: 'Always', startupProbe: { exec: { command: ['x'] } } },
          ],
          volumes: [
            { name: 'v', emptyDir: {} },
            {
              name: 't',
              projected: {
                sources: [
                  { serviceAccountToken: { path: 'token' } },
                  { downwardAPI: { items: [{ path: 'ns', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
                ],
              },
            },
          ],
          tolerations: [{ operator: 'Exists' }, { key: 'a', effect: 'NoExecute', tolerationSeconds: 5 }],
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }],
              },
            },
          },
          dnsPolicy: 'None',
          dnsConfig: { nameservers: ['10.0.0.1'], searches: ['_tcp.example.com', '.'] },
          topologySpreadConstraints: [
            { maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule', minDomains: 2 },
          ],
        }),
      ),
      [],
    )
  })

  const cases: [string, Pod, string[]][] = [
    ['needs containers', pod({ containers: [] }), ['spec.containers: Required value']],
    [
      'needs images and names',
      pod({ containers: [{}] }),
      ['spec.containers[0].name: Required value', 'spec.containers[0].image: Required value'],
    ],
    [
      'has containers with names of their own',
      pod({ containers: [main, main], initContainers: [main] }),
      ['spec.containers[1].name: Duplicate value: "c"', 'spec.initContainers[0].name: Duplicate value: "c"'],
    ],
    [
      'has ports that are ports',
      container({
        ports: [
          { containerPort: 0 },
          { containerPort: 70000 },
          { containerPort: 1, name: 'a' },
          { containerPort: 2, name: 'a' },
        ],
      }),
      [
        'spec.containers[0].ports[0].containerPort: Required value',
        'spec.containers[0].ports[1].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
        'spec.containers[0].ports[3].name: Duplicate value: "a"',
      ],
    ],
    [
      'takes no port of the node twice',
      container({
        ports: [
          { containerPort: 1, hostPort: 80 },
          { containerPort: 2, hostPort: 80 },
        ],
      }),
      ['spec.containers[0].ports[1].hostPort: Duplicate value: "TCP//80"'],
    ],
    [
      'has one source for each variable',
      container({
        env: [
          { name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
          { name: 'B', valueFrom: {} },
          { name: 'C=' },
        ],
      }),
      [
        'spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
        'spec.containers[0].env[1].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
        'spec.containers[0].env[2].name: Invalid value: "C=": a valid environment variable name must consist only of printable ASCII characters other than \'=\'',
      ],
    ],
    [
      'takes variables from fields that there are',
      container({
        env: [
          { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.labels' } } },
          { name: 'B', valueFrom: { fieldRef: { fieldPath: 'spec.foo' } } },
        ],
      }),
      [
        'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "metadata.labels": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"',
        'spec.containers[0].env[1].valueFrom.fieldRef.fieldPath: Invalid value: "spec.foo": error converting fieldPath: field label not supported: spec.foo',
      ],
    ],
    [
      'mounts what is there',
      container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
      ['spec.containers[0].volumeMounts[0].name: Not found: "v"'],
    ],
    [
      'mounts nothing over another thing',
      pod({
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [
          {
            ...main,
            volumeMounts: [
              { name: 'v', mountPath: '/v' },
              { name: 'v', mountPath: '/v', subPath: '../x' },
            ],
          },
        ],
      }),
      [
        'spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/v": must be unique',
        'spec.containers[0].volumeMounts.subPath: Invalid value: "../x": must not contain \'..\'',
      ],
    ],
    [
      'has volumes of one kind each',
      pod({
        volumes: [
          { name: 'v', emptyDir: {}, hostPath: { path: '/x' } },
          { name: 'v', secret: {} },
          { name: 'V_', configMap: { name: 'c', items: [{ key: 'k', path: '../p' }] } },
        ],
      }),
      [
        'spec.volumes[0].emptyDir: Forbidden: may not specify more than 1 volume type',
        'spec.volumes[1].secret.secretName: Required value',
        'spec.volumes[1].name: Duplicate value: "v"',
        'spec.volumes[2].configMap.items[0].path: Invalid value: "../p": must not contain \'..\'',
        "spec.volumes[2].name: Invalid value: \"V_\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      ],
    ],
    [
      'asks for no more than its limits',
      container({ resources: { requests: { cpu: '2', 'example.com/gpu': '1' }, limits: { cpu: '1' } } }),
      [
        'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
        'spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources',
      ],
    ],
    [
      'asks for what can be had',
      container({ resources: { limits: { cpu: '-1', foo: '1', pods: '1' } } }),
      [
        'spec.containers[0].resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
        'spec.containers[0].resources.limits[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
        'spec.containers[0].resources.limits[pods]: Invalid value: "pods": must be a standard resource for containers',
        'spec.containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0',
        'spec.containers[0].resources.requests[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
        'spec.containers[0].resources.requests[pods]: Invalid value: "pods": must be a standard resource for containers',
      ],
    ],
    [
      'has probes with one way to ask',
      container({
        livenessProbe: { successThreshold: 2, exec: {}, tcpSocket: { port: 'UPPER' } },
        readinessProbe: { terminationGracePeriodSeconds: 5 },
      }),
      [
        'spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
        'spec.containers[0].livenessProbe.exec.command: Required value',
        'spec.containers[0].livenessProbe.tcpSocket.port: Invalid value: "UPPER": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
        'spec.containers[0].livenessProbe.tcpSocket.port: Invalid value: "UPPER": must contain at least one letter (a-z)',
        'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
        'spec.containers[0].readinessProbe: Required value: must specify a handler type',
        'spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must not be set for readinessProbes',
      ],
    ],
    [
      'probes no init container that is to end',
      pod({ initContainers: [{ ...main, name: 'i', livenessProbe: { tcpSocket: { port: 1 } } }] }),
      [
        'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
      ],
    ],
    [
      'has a restart policy that there is',
      pod({ restartPolicy: 'Maybe' }),
      ['spec.restartPolicy: Unsupported value: "Maybe": supported values: "Always", "Never", "OnFailure"'],
    ],
    [
      'has an end',
      pod({ activeDeadlineSeconds: 0 }),
      ['spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive'],
    ],
    [
      'bears with taints in a way that makes sense',
      pod({
        tolerations: [
          { operator: 'Equal' },
          { key: 'a', operator: 'Exists', value: 'v' },
          { key: 'a', tolerationSeconds: 1 },
          { key: 'a', operator: 'Maybe' },
        ],
      }),
      [
        'spec.tolerations[3].operator: Unsupported value: "Maybe": supported values: "Equal", "Exists", "Gt", "Lt"',
        'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
        'spec.tolerations[1].operator: Invalid value: "v": value must be empty when `operator` is \'Exists\'',
        'spec.tolerations[2].effect: Invalid value: "": effect must be \'NoExecute\' when `tolerationSeconds` is set',
      ],
    ],
    [
      'says where it wants to be in terms that exist',
      pod({
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] },
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 0, preference: { matchExpressions: [{ key: 'a', operator: 'In' }] } },
            ],
          },
          podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: '' }] },
        },
      }),
      [
        'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value',
        'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
        'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100',
        "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      ],
    ],
    [
      'spreads evenly',
      pod({
        topologySpreadConstraints: [
          { maxSkew: 0, topologyKey: 'z', whenUnsatisfiable: 'ScheduleAnyway', minDomains: 1 },
        ],
      }),
      [
        'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
        'spec.topologySpreadConstraints[0].minDomains: Invalid value: 1: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway',
      ],
    ],
    [
      'has rights that do not contradict each other',
      container({ securityContext: { privileged: true, allowPrivilegeEscalation: false, runAsUser: -1 } }),
      [
        'spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
        'spec.containers[0].securityContext: Invalid value: {"privileged":true,"runAsUser":-1,"allowPrivilegeEscalation":false}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
      ],
    ],
    [
      'has name servers when it wants its own',
      pod({ dnsPolicy: 'None' }),
      ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
    ],
    [
      'is not made with guests',
      pod({ ephemeralContainers: [{ ...main, name: 'e' }] }),
      ['spec.ephemeralContainers: Forbidden: cannot be set on create'],
    ],
    [
      'has ports of the node that are its own in its network',
      pod({ hostNetwork: true, containers: [{ ...main, ports: [{ containerPort: 80, hostPort: 81 }] }] }),
      [
        'spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true',
      ],
    ],
    [
      'has an account for its token',
      pod({ volumes: [{ name: 't', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }] }),
      [
        'spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set',
      ],
    ],
    [
      'names things as they can be named',
      pod({ nodeName: 'A', hostname: 'a.b' }),
      [
        "spec.hostname: Invalid value: \"a.b\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
        "spec.nodeName: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')".replaceAll(
          '\\\\',
          '\\',
        ),
      ],
    ],
  ]
  for (const [what, object, expected] of cases) {
    it(what, () => assert.deepEqual(wrongWith(object), expected))
  }
})

describe('a Pod that is there', () => {
  it('can get other images, and a little more', () => {
    const old = pod({
      activeDeadlineSeconds: 100,
      tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }],
    })
    const next = pod({
      containers: [{ ...main, image: 'j' }],
      activeDeadlineSeconds: 50,
      tolerations: [
        { key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 9 },
        { key: 'b', operator: 'Exists' },
      ],
    })
    next.spec.containers[0]!.imagePullPolicy = old.spec.containers[0]!.imagePullPolicy!
    assert.deepEqual(wrongUpdate(next, old), [])
  })

  it('can get nothing else', () => {
    const [problem, ...more] = wrongUpdate(container({ args: ['x'] }), pod({}))
    assert.match(
      problem!,
      /^spec: Forbidden: pod updates may not change fields other than `spec.containers\[\*\].image`.*\nchanged: spec.containers$/,
    )
    assert.deepEqual(more, [])
    assert.match(wrongUpdate(pod({ nodeName: 'n' }), pod({}))[0]!, /changed: spec.nodeName/)
    assert.deepEqual(wrongUpdate(pod({ nodeName: 'n' }), pod({}), 'binding'), [])
  })

  it('can get no other containers, no later end, and loses no toleration', () => {
    assert.deepEqual(wrongUpdate(pod({ containers: [main, main] }), pod({})), [
      'spec.containers: Forbidden: pod updates may not add or remove containers',
    ])
    assert.deepEqual(wrongUpdate(pod({ activeDeadlineSeconds: 9 }), pod({ activeDeadlineSeconds: 5 })), [
      'spec.activeDeadlineSeconds: Invalid value: 9: must be less than or equal to previous value',
    ])
    assert.deepEqual(wrongUpdate(pod({}), pod({ tolerations: [{ operator: 'Exists' }] })), [
      'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
    ])
  })

  it('can be told more of where to go while it waits at a gate', () => {
    const gated = { schedulingGates: [{ name: 'a/b' }], nodeSelector: { a: '1' } }
    assert.deepEqual(wrongUpdate(pod({ nodeSelector: { a: '1', b: '2' } }), pod(gated)), [])
    assert.deepEqual(wrongUpdate(pod({ ...gated, nodeSelector: {} }), pod(gated)), [
      'spec.nodeSelector: Invalid value: null: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    ])
    assert.deepEqual(wrongUpdate(pod(gated), pod({ nodeSelector: { a: '1' } })), [
      'spec.schedulingGates[0]: Forbidden: only deletion is allowed, but found new scheduling gate',
    ])
  })

  it('gets guests, who stay as they are', () => {
    const guest = (image: string): object => ({ ephemeralContainers: [{ name: 'e', image }] })
    assert.deepEqual(wrongUpdate(pod(guest('a')), pod({}), 'ephemeralcontainers'), [])
    assert.match(
      wrongUpdate(pod(guest('b')), pod(guest('a')), 'ephemeralcontainers')[0]!,
      /existing ephemeral containers "e" may not be changed/,
    )
    assert.match(
      wrongUpdate(pod({}), pod(guest('a')), 'ephemeralcontainers')[0]!,
      /existing ephemeral containers "e" may not be removed/,
    )
  })

  it('brings back no container that has ended for good', () => {
    const withState = (state: object, restartPolicy: string): Pod => {
      const object = pod({ restartPolicy })
      object.status = { containerStatuses: [{ name: 'c', state }] } as never
      return object
    }
    const change = (policy: string, exitCode: number): string[] =>
      wrongUpdate(withState({ running: {} }, policy), withState({ terminated: { exitCode } }, policy), 'status')
    assert.deepEqual(change('Always', 0), [])
    assert.deepEqual(change('OnFailure', 1), [])
    const forbidden = ['status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state']
    assert.deepEqual(change('OnFailure', 0), forbidden)
    assert.deepEqual(change('Never', 1), forbidden)
  })
})
