/**
 * The rules for names. Each function returns what is wrong, in the words that clients of Kubernetes know, or an empty
 * list. They say it of a value, so that the caller adds which field it was.
 */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'

interface Rule {
  readonly test: RegExp
  readonly broken: string
}

function rule(what: string, pattern: string, ...examples: readonly string[]): Rule {
  const shown = examples.map((one) => `'${one}', `).join(' or ')
  return {
    test: new RegExp(`^(?:${pattern})$`),
    broken: `${what} (${shown === '' ? '' : `e.g. ${shown}`}regex used for validation is '${pattern}')`,
  }
}

const alphanumericEnds = 'and must start and end with an alphanumeric character'

const label = rule(
  `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', ${alphanumericEnds}`,
  LABEL,
  'my-name',
  '123-abc',
)
const subdomain = rule(
  `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', ${alphanumericEnds}`,
  SUBDOMAIN,
  'example.com',
)
const label1035 = rule(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  '[a-z]([-a-z0-9]*[a-z0-9])?',
  'my-name',
  'abc-123',
)
const wildcard = rule(
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  `\\*\\.${SUBDOMAIN}`,
  '*.example.com',
)
const qualified = rule(
  `must consist of alphanumeric characters, '-', '_' or '.', ${alphanumericEnds}`,
  QUALIFIED,
  'MyName',
  'my.name',
  '123-abc',
)
const labelValue = rule(
  `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', ${alphanumericEnds}`,
  `(${QUALIFIED})?`,
  'MyValue',
  'my_value',
  '12345',
)
const configKey = rule(
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  '[-._a-zA-Z0-9]+',
  'key.name',
  'KEY_NAME',
  'key-name',
)
const headerName = rule(
  "a valid HTTP header must consist of alphanumeric characters or '-'",
  '[-A-Za-z0-9]+',
  'X-Header-Name',
)
const identifier = rule(
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
  '[A-Za-z_][A-Za-z0-9_]*',
  'my_name',
  'MY_NAME',
  'MyName',
)

function check(value: string, { test, broken }: Rule, lengthMax = Infinity): string[] {
  const wrong = value.length > lengthMax ? [tooLong(lengthMax)] : []
  if (!test.test(value)) wrong.push(broken)
  return wrong
}

function tooLong(lengthMax: number): string {
  return `must be no more than ${lengthMax} bytes`
}

/** A name of up to 63 characters that is one part of a domain name. */
export function dns1123Label(value: string): string[] {
  return check(value, label, 63)
}

/** A name of up to 253 characters that could be a domain name: what most objects are called. */
export function dns1123Subdomain(value: string): string[] {
  return check(value, subdomain, 253)
}

/** Like a label, but beginning with a letter: what Services are called. */
export function dns1035Label(value: string): string[] {
  return check(value, label1035, 63)
}

/** `*.` and a domain name: hosts of an Ingress. */
export function wildcardSubdomain(value: string): string[] {
  return check(value, wildcard, 253)
}

/** A name with an optional domain before a slash: keys of labels and annotations, finalizers, resources. */
export function qualifiedName(value: string): string[] {
  const parts = value.split('/')
  const [first = '', second] = parts
  if (parts.length > 2) {
    return [
      `a qualified name ${qualified.broken} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  const wrong: string[] = []
  if (second !== undefined) {
    if (first === '') wrong.push('prefix part must be non-empty')
    else wrong.push(...dns1123Subdomain(first).map((one) => `prefix part ${one}`))
  }
  const name = second ?? first
  if (name === '') wrong.push('name part must be non-empty')
  wrong.push(...check(name, qualified, 63).map((one) => `name part ${one}`))
  return wrong
}

/** The value of a label. */
export function validLabelValue(value: string): string[] {
  return check(value, labelValue, 63)
}

/** A key of a ConfigMap or Secret, which becomes the name of a file. */
export function configMapKey(value: string): string[] {
  return [...check(value, configKey, 253), ...stepsOut(value)]
}

/** The name of an environment variable: anything printable that has no `=`. */
export function environmentName(value: string): string[] {
  if (value === '') return ['environment variable name must be non-empty']
  return /^[ -<>-~]*$/.test(value)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
}

/** The name of a header of an HTTP request. */
export function httpHeaderName(value: string): string[] {
  return check(value, headerName)
}

/** A name as most programming languages have it. */
export function cIdentifier(value: string): string[] {
  return check(value, identifier)
}

/** The name of a port: up to 15 characters, as IANA registers them. */
export function portName(value: string): string[] {
  const wrong: string[] = []
  if (value.length > 15) wrong.push('must be no more than 15 characters')
  if (!/^[-a-z0-9]+$/.test(value)) wrong.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(value)) wrong.push('must contain at least one letter (a-z)')
  if (value.includes('--')) wrong.push('must not contain consecutive hyphens')
  if (value.startsWith('-') || value.endsWith('-')) wrong.push('must not begin or end with a hyphen')
  return wrong
}

/** The number of a port. */
export function portNumber(value: number): string[] {
  return Number.isInteger(value) && value >= 1 && value <= 65535 ? [] : ['must be between 1 and 65535, inclusive']
}

/** Any name that can be one segment of a path: what roles and bindings are called. */
export function pathSegmentName(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`]
  return ['/', '%'].filter((one) => value.includes(one)).map((one) => `may not contain '${one}'`)
}

/** The beginning of a name that the server completes: a trailing dash is not an end. */
export function asPrefix(value: string): string {
  return value.endsWith('-') ? `${value.slice(0, -1)}a` : value
}

function stepsOut(value: string): string[] {
  if (value === '.' || value === '..') return [`must not be '${value}'`]
  return value.startsWith('..') ? ["must not start with '..'"] : []
}
