import { validateHookClient } from '../admissionregistration/webhook-client.ts'
import { dns1035Label } from '../meta/names.ts'
import type { Problems } from '../meta/problems.ts'
import type { CustomResourceConversion } from './v1.ts'

/** The versions of ConversionReview that the server can ask in. */
const REVIEW_VERSIONS: readonly string[] = ['v1', 'v1beta1']

/**
 * Says what is wrong with how objects get from one version to another. Fields are named as they are in the first version
 * of definitions, which is what the reference server does in all of them.
 */
export function validateConversion(conversion: CustomResourceConversion | undefined, problems: Problems): void {
  if (conversion === undefined) return
  const { strategy, webhook } = conversion
  const client = 'spec.conversion.webhookClientConfig'
  const versions = 'spec.conversion.conversionReviewVersions'
  if (strategy === '') problems.required('spec.conversion.strategy')
  else if (strategy !== 'None' && strategy !== 'Webhook') {
    problems.notSupported('spec.conversion.strategy', strategy, ['None', 'Webhook'])
  }
  if (strategy === 'Webhook') {
    if (webhook?.clientConfig === undefined) problems.required(client, 'required when strategy is set to Webhook')
    else validateHookClient(webhook.clientConfig, client, problems)
    validateReviewVersions(webhook?.conversionReviewVersions ?? [], versions, problems)
    return
  }
  const unwanted = 'should not be set when strategy is not set to Webhook'
  if (webhook?.clientConfig !== undefined) problems.forbidden(client, unwanted)
  if ((webhook?.conversionReviewVersions ?? []).length > 0) problems.forbidden(versions, unwanted)
}

function validateReviewVersions(versions: readonly string[], field: string, problems: Problems): void {
  if (versions.length === 0) {
    problems.required(field)
    return
  }
  for (const [index, version] of versions.entries()) {
    if (versions.indexOf(version) < index) problems.invalid(`${field}[${index}]`, version, 'duplicate version')
    else problems.invalidBy(dns1035Label(version), `${field}[${index}]`, version)
  }
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version))) {
    problems.invalid(field, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`)
  }
}

/** Says what is wrong with the authorities of the server that converts; what was wrong before may stay. */
export function validateConversionAuthorities(
  conversion: CustomResourceConversion | undefined,
  before: CustomResourceConversion | undefined,
  problems: Problems,
): void {
  const [bundle, old] = [bundleOf(conversion), bundleOf(before)]
  if (bundle === '' || isPem(bundle) || (old !== '' && !isPem(old))) return
  const why = 'unable to load root certificates: unable to parse bytes as PEM block'
  problems.invalid('spec.conversion.webhookClientConfig.caBundle', bundle, why)
}

function bundleOf(conversion: CustomResourceConversion | undefined): string {
  return conversion?.strategy === 'Webhook' ? (conversion.webhook?.clientConfig?.caBundle ?? '') : ''
}

function isPem(base64: string): boolean {
  const text = Buffer.from(base64, 'base64').toString('latin1')
  return text.trim() === '' || /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(text)
}
