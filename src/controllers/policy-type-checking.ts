import type { ValidatingAdmissionPolicy } from '../api/admissionregistration/v1.ts'
import { ValidatingAdmissionPolicies } from '../api/admissionregistration/validating-admission-policy.ts'
import { CustomResourceDefinitions } from '../api/apiextensions/custom-resource-definition.ts'
import type { CustomResourceDefinition } from '../api/apiextensions/v1.ts'
import { loadKind, loadKindNamed } from '../api/kinds.ts'
import type { Type } from '../lib/cel/types.ts'
import type { CheckedKind } from './policy-type-checking/check-policy.ts'
import type { Cluster, Controller } from './runtime/controller.ts'

/** Says in the status of a policy what its expressions get wrong about the objects that it is about. */
export const policyTypeCheckingController: Controller<ValidatingAdmissionPolicy> = {
  name: 'policy-type-checking',
  component: 'validatingadmissionpolicy-status-controller',
  owner: ValidatingAdmissionPolicies,
  reads: [
    {
      kind: CustomResourceDefinitions,
      // Types that come to be known later may show what was fine as long as nothing was known.
      matters: (now: CustomResourceDefinition | undefined, before: CustomResourceDefinition | undefined) =>
        now?.metadata.generation !== before?.metadata.generation,
      owners: (_definition, _caches, policies) => policies.list().map(({ metadata }) => metadata),
    },
  ],
  writes: [ValidatingAdmissionPolicies],
  async reconcile(policy, cluster) {
    // Loaded when first needed: most clusters have no policies.
    const { checkPolicy } = await import('./policy-type-checking/check-policy.ts')
    const { kinds, params } = await typesOf(policy, cluster)
    const expressionWarnings = checkPolicy(policy, kinds, params)
    await cluster.status(policy, {
      ...policy.status,
      observedGeneration: policy.metadata.generation,
      typeChecking: expressionWarnings.length === 0 ? {} : { expressionWarnings },
    })
    for (const { fieldRef, warning } of expressionWarnings) {
      cluster.decide(policy, 'waiting', 'TypesDoNotFit', `${fieldRef}: ${warning.trim()}`)
    }
  },
}

interface Types {
  readonly kinds: readonly CheckedKind[]
  readonly params: Type | undefined
}

async function typesOf(policy: ValidatingAdmissionPolicy, cluster: Cluster<ValidatingAdmissionPolicy>): Promise<Types> {
  const { namedResources } = await import('./policy-type-checking/check-policy.ts')
  const { typeOfCustom, typeOfMessage } = await import('./policy-type-checking/kind-type.ts')
  const definitions = cluster.cache(CustomResourceDefinitions).list()
  const kinds: CheckedKind[] = []
  for (const { group, version, plural } of namedResources(policy)) {
    const builtIn = await loadKind(group, version, plural)
    const definition = definitions.find(({ spec }) => spec.group === group && spec.names.plural === plural)
    const type =
      builtIn === undefined ? definition && typeOfCustom(definition, version) : typeOfMessage(builtIn.message)
    const kind = builtIn?.kind ?? definition?.spec.names.kind
    if (type !== undefined) kinds.push({ name: `${group}/${version}, Kind=${kind}`, type })
  }
  const { paramKind } = policy.spec
  if (paramKind === undefined) return { kinds, params: undefined }
  const [version = '', group = ''] = (paramKind.apiVersion ?? '').split('/').toReversed()
  const builtIn = await loadKindNamed(group, version, paramKind.kind ?? '')
  const definition = definitions.find(({ spec }) => spec.group === group && spec.names.kind === paramKind.kind)
  const params =
    builtIn === undefined ? definition && typeOfCustom(definition, version) : typeOfMessage(builtIn.message)
  return { kinds, params }
}
