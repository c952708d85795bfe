import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import type { Authorizer } from '../authz/permit.ts'
import type { AdmissionPlugin, ObjectReader } from './admission.ts'
import {
  certificateApproval,
  certificateRequestor,
  certificateSigning,
  certificateSubjectRestriction,
} from './certificates.ts'
import { claimResize, defaultIngressClass, defaultStorageClass } from './default-classes.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { limitRanger } from './limit-ranger.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { podSecurity } from './pod-security/pod-security.ts'
import { priority } from './priority.ts'
import { runtimeClass } from './runtime-class.ts'
import { serviceAccount } from './service-account.ts'
import { taintNewNodes } from './taint-new-nodes.ts'

export interface AdmissionParts {
  readonly reader: ObjectReader
  /** For what a plug-in asks that no request does. */
  readonly authorizer: Authorizer
  readonly clock: Clock
  readonly random: Random
  /** Plug-ins of others by the name of the one that they follow; all that are named nowhere come last. */
  readonly after?: Readonly<Record<string, readonly AdmissionPlugin[]>>
}

/** Every plug-in in the order in which they run: each sees what those before it have made of the object. */
export function admissionPlugins({ reader, authorizer, clock, random, after = {} }: AdmissionParts): AdmissionPlugin[] {
  const own = [
    namespaceLifecycle(reader),
    limitRanger(reader),
    serviceAccount(reader, clock, random),
    taintNewNodes(),
    podSecurity(reader),
    priority(reader),
    defaultTolerationSeconds(),
    defaultStorageClass(reader),
    claimResize(reader),
    runtimeClass(reader),
    certificateRequestor(clock),
    certificateApproval(authorizer),
    certificateSigning(authorizer),
    certificateSubjectRestriction(),
    defaultIngressClass(reader),
  ]
  return own.flatMap((plugin) => [plugin, ...(after[plugin.name] ?? [])])
}
