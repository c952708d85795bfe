import type { Cause } from '../../lib/errors.ts'

/**
 * Gathers what is wrong with an object, field by field. Reasons and the beginning of each message are those that
 * clients of Kubernetes know; `field` is a path such as `spec.containers[0].name`.
 */
export class Problems {
  readonly causes: Cause[] = []

  get none(): boolean {
    return this.causes.length === 0
  }

  required(field: string, detail = ''): void {
    this.#add('FieldValueRequired', field, 'Required value', detail)
  }

  invalid(field: string, value: unknown, detail: string): void {
    this.#add('FieldValueInvalid', field, `Invalid value: ${show(value)}`, detail)
  }

  /** Says `invalid` of something too large to be shown. */
  invalidWhole(field: string, detail: string): void {
    this.#add('FieldValueInvalid', field, 'Invalid value', detail)
  }

  notSupported(field: string, value: unknown, supported: readonly string[]): void {
    const values = supported.map((one) => JSON.stringify(one)).toSorted()
    this.#add(
      'FieldValueNotSupported',
      field,
      `Unsupported value: ${show(value)}`,
      `supported values: ${values.join(', ')}`,
    )
  }

  duplicate(field: string, value: unknown): void {
    this.#add('FieldValueDuplicate', field, `Duplicate value: ${show(value)}`, '')
  }

  /** Says `duplicate` of something too large to be shown. */
  duplicateWhole(field: string): void {
    this.#add('FieldValueDuplicate', field, 'Duplicate value', '')
  }

  notFound(field: string, value: unknown): void {
    this.#add('FieldValueNotFound', field, `Not found: ${show(value)}`, '')
  }

  forbidden(field: string, detail: string): void {
    this.#add('FieldValueForbidden', field, 'Forbidden', detail)
  }

  tooLong(field: string, bytesMax: number): void {
    this.#add('FieldValueTooLong', field, 'Too long', `may not be more than ${bytesMax} bytes`)
  }

  tooMany(field: string, count: number, countMax: number): void {
    this.#add('FieldValueTooMany', field, `Too many: ${count}`, `must have at most ${countMax} items`)
  }

  /** Says `invalid` for each rule that a checker such as those of names.ts found broken. */
  invalidBy(rules: readonly string[], field: string, value: unknown): void {
    for (const rule of rules) this.invalid(field, value, rule)
  }

  /** Says `invalid` unless `ok`. */
  require(ok: boolean, field: string, value: unknown, detail: string): void {
    if (!ok) this.invalid(field, value, detail)
  }

  #add(reason: string, field: string, what: string, detail: string): void {
    this.causes.push({ reason, field, message: detail === '' ? what : `${what}: ${detail}` })
  }
}

function show(value: unknown): string {
  return value === undefined ? 'null' : JSON.stringify(value)
}
