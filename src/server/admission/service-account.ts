import { ServiceAccounts } from '../../api/core/service-account.ts'
import type { Container, Pod, ServiceAccount, Volume } from '../../api/core/v1.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import { randomSuffix } from '../../lib/random.ts'
import type { AdmissionPlugin, Attempt, ObjectReader } from './admission.ts'
import { createsPod, isMirror, withSpec } from './pods.ts'
import { forbidden } from './refusal.ts'

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'
const TOKEN_VOLUME_PREFIX = 'kube-api-access-'

/** A little over an hour: such tokens are renewed well before. */
const TOKEN_SECONDS = 3607

/** How long to wait for the account that a new namespace is about to get. */
const DEFAULT_ACCOUNT_WAIT_MS = 1000

/** Gives each Pod an account, the account's token as a volume, and its secrets for pulling images. */
export function serviceAccount(reader: ObjectReader, clock: Clock, random: Random): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    handles: createsPod,
    mutate(attempt) {
      const pod = attempt.object as Pod
      if (isMirror(pod)) {
        checkMirror(attempt, pod)
        return pod
      }
      const name = pod.spec.serviceAccountName || 'default'
      const account = reader.get(ServiceAccounts, { namespace: attempt.target.namespace, name })
      if (account !== undefined) return equipped(pod, account, random)
      return waitFor(attempt, name).then((found) => equipped(pod, found, random))
    },
  }

  async function waitFor(attempt: Attempt, name: string): Promise<ServiceAccount> {
    const { namespace } = attempt.target
    const look = (): ServiceAccount | undefined => reader.get(ServiceAccounts, { namespace, name })
    if (name === 'default') await untilChanged(look)
    const account = look()
    if (account !== undefined) return account
    throw forbidden(
      attempt,
      `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`,
      {
        hint: `Create it with \`kubectl create serviceaccount ${name} -n ${namespace}\`.`,
      },
    )
  }

  /** Resolves when `look` finds something, or after a second. */
  function untilChanged(look: () => unknown): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel()
        unsubscribe()
        resolve()
      }
      const cancel = clock.after(DEFAULT_ACCOUNT_WAIT_MS, done)
      const unsubscribe = reader.onChange(ServiceAccounts, () => {
        if (look() !== undefined) done()
      })
    })
  }
}

function checkMirror(attempt: Attempt, { spec }: Pod): void {
  if (spec.serviceAccountName) throw forbidden(attempt, 'a mirror pod may not reference service accounts')
  const usesToken = (spec.volumes ?? []).some(({ projected }) =>
    projected?.sources?.some((source) => source.serviceAccountToken !== undefined),
  )
  if (usesToken) throw forbidden(attempt, 'a mirror pod may not use ServiceAccountToken volume projections')
}

/** The Pod with everything that its account gives it. */
export function equipped(pod: Pod, account: ServiceAccount, random: Random): Pod {
  const { name } = account.metadata
  const { imagePullSecrets = [] } = pod.spec
  const secrets = imagePullSecrets.length > 0 ? imagePullSecrets : (account.imagePullSecrets ?? [])
  const named = withSpec(pod, {
    serviceAccountName: name,
    serviceAccount: name,
    ...(secrets.length > 0 && { imagePullSecrets: secrets.map((secret) => ({ name: secret.name })) }),
  })
  const mounts = pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true
  return mounts ? withToken(named, random) : named
}

function withToken(pod: Pod, random: Random): Pod {
  const { containers, initContainers, volumes = [] } = pod.spec
  const existing = volumes.find(({ name }) => name.startsWith(TOKEN_VOLUME_PREFIX))
  const all = [...containers, ...(initContainers ?? [])]
  if (all.every(hasToken)) return pod
  const name = existing?.name ?? `${TOKEN_VOLUME_PREFIX}${randomSuffix(random)}`
  const mount = (container: Container): Container =>
    hasToken(container)
      ? container
      : {
          ...container,
          volumeMounts: [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: TOKEN_PATH }],
        }
  return withSpec(pod, {
    containers: containers.map(mount),
    ...(initContainers && { initContainers: initContainers.map(mount) }),
    ...(existing === undefined && { volumes: [...volumes, tokenVolume(name)] }),
  })
}

/** Where somebody has put something of their own, nothing is put over it. */
function hasToken({ volumeMounts = [] }: Container): boolean {
  return volumeMounts.some(({ mountPath }) => mountPath === TOKEN_PATH)
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
      defaultMode: 0o644,
    },
  }
}
