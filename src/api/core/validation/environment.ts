import { configMapKey, dns1123Subdomain, environmentName } from '../../meta/names.ts'
import type { Problems } from '../../meta/problems.ts'
import type { Container, EnvVarSource } from '../v1.ts'
import { ENV_FIELDS, validateFieldRef, validateResourceRef } from './downward.ts'

type Environment = Pick<Container, 'env' | 'envFrom'>

/** Checks where a container gets its environment from. */
export function validateEnvironment({ env = [], envFrom = [] }: Environment, path: string, problems: Problems): void {
  for (const [i, { name, value = '', valueFrom }] of env.entries()) {
    const field = `${path}.env[${i}]`
    if (name !== '') problems.invalidBy(environmentName(name), `${field}.name`, name)
    if (valueFrom !== undefined) validateSource(valueFrom, value, `${field}.valueFrom`, problems)
  }
  for (const [i, { prefix = '', configMapRef, secretRef }] of envFrom.entries()) {
    const field = `${path}.envFrom[${i}]`
    if (prefix !== '') problems.invalidBy(environmentName(prefix), `${field}.prefix`, prefix)
    if (configMapRef !== undefined) validateName(configMapRef.name, `${field}.configMapRef.name`, problems)
    if (secretRef !== undefined) validateName(secretRef.name, `${field}.secretRef.name`, problems)
    if (configMapRef === undefined && secretRef === undefined) {
      problems.invalid(`${path}.envFrom`, '', 'must specify one of: `configMapRef` or `secretRef`')
    } else if (configMapRef !== undefined && secretRef !== undefined) {
      problems.invalid(`${path}.envFrom`, '', 'may not have more than one field specified at a time')
    }
  }
}

function validateSource(source: EnvVarSource, value: string, field: string, problems: Problems): void {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source
  if (fieldRef !== undefined) validateFieldRef(fieldRef, ENV_FIELDS, `${field}.fieldRef`, problems)
  if (resourceFieldRef !== undefined)
    validateResourceRef(resourceFieldRef, `${field}.resourceFieldRef`, problems, false)
  if (configMapKeyRef !== undefined) validateKey(configMapKeyRef, `${field}.configMapKeyRef`, problems)
  if (secretKeyRef !== undefined) validateKey(secretKeyRef, `${field}.secretKeyRef`, problems)
  const all = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef]
  const count = all.filter((one) => one !== undefined).length
  if (count === 0) {
    const detail =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
    problems.invalid(field, '', detail)
  } else if (value !== '') {
    problems.invalid(field, '', 'may not be specified when `value` is not empty')
  } else if (count > 1) {
    problems.invalid(field, '', 'may not have more than one field specified at a time')
  }
}

function validateKey({ name = '', key }: { name?: string; key: string }, field: string, problems: Problems): void {
  validateName(name, `${field}.name`, problems)
  if (key !== '') problems.invalidBy(configMapKey(key), `${field}.key`, key)
}

function validateName(name: string | undefined, field: string, problems: Problems): void {
  if (name === undefined || name === '') problems.required(field)
  else problems.invalidBy(dns1123Subdomain(name), field, name)
}
