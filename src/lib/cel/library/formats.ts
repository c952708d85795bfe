import { FunctionTable } from '../functions.ts'
import type { Functions } from '../functions.ts'
import { parseTimestamp } from '../time.ts'
import { listOf, opaque, optionalOf, STRING } from '../types.ts'
import type { Type } from '../types.ts'
import { Opaque, Optional } from '../values.ts'
import type { Value } from '../values.ts'
import { regexCost } from './cost.ts'
import { urlProblem } from './urls.ts'

const FORMAT = opaque('kubernetes.NamedFormat')

class Format extends Opaque {
  readonly type: Type = FORMAT
  readonly name: string
  /** How long the pattern is that checks it, for what it costs. */
  readonly patternSize: number
  readonly problems: (text: string) => string[]

  constructor(name: string, patternSize: number, problems: (text: string) => string[]) {
    super()
    this.name = name
    this.patternSize = patternSize
    this.problems = problems
  }

  equals(other: Opaque): boolean {
    return other instanceof Format && other.name === this.name
  }
}

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`

const LABEL_RULE = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`
const SUBDOMAIN_RULE = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`
const LABEL_1035_RULE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
const NAME_RULE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"

const bytes = (text: string): number => Buffer.byteLength(text)

function named(pattern: RegExp, max: number, rule: string, isPrefix = false): (text: string) => string[] {
  return (given) => {
    // A prefix may end in what only the middle of a name may have.
    const text = isPrefix ? given.replace(/-$/, 'a') : given
    return [...(bytes(text) > max ? [`must be no more than ${max} bytes`] : []), ...(pattern.test(text) ? [] : [rule])]
  }
}

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const label1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const namePart = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/

function qualifiedName(text: string): string[] {
  const parts = text.split('/')
  const name = parts.at(-1)!
  if (parts.length > 2) {
    return [
      `a qualified name ${NAME_RULE} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  const problems: string[] = []
  if (parts.length === 2) {
    if (parts[0] === '') problems.push('prefix part must be non-empty')
    else problems.push(...named(subdomain, 253, SUBDOMAIN_RULE)(parts[0]!).map((one) => `prefix part ${one}`))
  }
  if (name === '') problems.push('name part must be non-empty')
  else if (bytes(name) > 63) problems.push('name part must be no more than 63 bytes')
  if (!namePart.test(name)) {
    problems.push(
      `name part ${NAME_RULE} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    )
  }
  return problems
}

function labelValue(text: string): string[] {
  if (text === '') return []
  const rule = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`
  return named(namePart, 63, rule)(text)
}

const unless =
  (holds: (text: string) => boolean, problem: string) =>
  (text: string): string[] =>
    holds(text) ? [] : [problem]

const isDate = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && parseTimestamp(`${text}T00:00:00Z`) !== undefined

const FORMATS: Readonly<Record<string, Format>> = {
  dns1123Label: new Format('DNS1123Label', 30, named(label, 63, LABEL_RULE)),
  dns1123Subdomain: new Format('DNS1123Subdomain', 60, named(subdomain, 253, SUBDOMAIN_RULE)),
  dns1035Label: new Format('DNS1035Label', 30, named(label1035, 63, LABEL_1035_RULE)),
  qualifiedName: new Format('QualifiedName', 60, qualifiedName),
  dns1123LabelPrefix: new Format('DNS1123LabelPrefix', 30, named(label, 63, LABEL_RULE, true)),
  dns1123SubdomainPrefix: new Format('DNS1123SubdomainPrefix', 60, named(subdomain, 253, SUBDOMAIN_RULE, true)),
  dns1035LabelPrefix: new Format('DNS1035LabelPrefix', 30, named(label1035, 63, LABEL_1035_RULE, true)),
  labelValue: new Format('LabelValue', 40, labelValue),
  uri: new Format('URI', 100, (text) => {
    const problem = urlProblem(text)
    return problem === undefined ? [] : [problem]
  }),
  uuid: new Format(
    'uuid',
    60,
    unless((text) => /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text), 'does not match the UUID format'),
  ),
  byte: new Format(
    'byte',
    80,
    unless((text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text !== '', 'invalid base64'),
  ),
  date: new Format('date', 80, unless(isDate, 'invalid date')),
  datetime: new Format(
    'datetime',
    80,
    unless((text) => parseTimestamp(text.replace(' ', 'T')) !== undefined, 'invalid datetime'),
  ),
}

/** Forms that texts of Kubernetes have, by name. */
export function formatLibrary(): Functions {
  const table = new FunctionTable()
  for (const [name, format] of Object.entries(FORMATS)) {
    table.global(`format.${name}`, `format.${name}`, [], FORMAT, () => format)
  }
  return table
    .member(
      'validate',
      'format-validate',
      [FORMAT, STRING],
      optionalOf(listOf(STRING)),
      ([format, text]) => {
        const problems = (format as Format).problems(text as string)
        return problems.length === 0 ? Optional.none : Optional.of(problems)
      },
      ([format, text]: readonly Value[]) => regexCost(text, (format as Format).patternSize),
    )
    .global('format.named', 'format-named', [STRING], optionalOf(FORMAT), ([name]) =>
      Object.hasOwn(FORMATS, name as string) ? Optional.of(FORMATS[name as string]) : Optional.none,
    ).functions
}
