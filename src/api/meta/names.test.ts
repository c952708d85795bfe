import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as names from './names.ts'

type Checker = Exclude<keyof typeof names, 'asPrefix' | 'portNumber'>

const good: Record<Checker, readonly string[]> = {
  dns1123Label: ['a', '0', 'my-name', 'a'.repeat(63)],
  dns1123Subdomain: ['a', 'a.b.c', '0.example.com', 'a'.repeat(253)],
  dns1035Label: ['a', 'my-name', 'a1'],
  wildcardSubdomain: ['*.example.com', '*.a'],
  qualifiedName: ['a', 'A_b.c', 'example.com/MyName', 'kubernetes.io/a.b_c'],
  validLabelValue: ['', 'a', 'My_Value.1'],
  configMapKey: ['a', '.a', 'KEY.NAME_1', '-'],
  environmentName: ['a', '1 b', 'MY.NAME-x'],
  httpHeaderName: ['X-Name', 'a'],
  cIdentifier: ['_a', 'A1'],
  portName: ['http', 'a-1', '0a'],
  pathSegmentName: ['system:node', 'a b', 'é'],
}

const bad: Record<Checker, readonly string[]> = {
  dns1123Label: ['', 'A', '-a', 'a-', 'a.b', 'a\n', 'a'.repeat(64), 'a\0'],
  dns1123Subdomain: ['', 'a..b', '.a', 'a.', 'a_b', 'a/b', 'a%2e', 'a'.repeat(254)],
  dns1035Label: ['', '1a', 'a-'],
  wildcardSubdomain: ['*', '*.', 'a.*', '*a.b'],
  qualifiedName: ['', '/', 'a/', '/a', 'a/b/c', '-a', 'EXAMPLE.com/a', 'a'.repeat(64)],
  validLabelValue: ['-a', 'a b', 'a'.repeat(64)],
  configMapKey: ['', '.', '..', '..a', 'a/b', 'a'.repeat(254)],
  environmentName: ['', 'a=b', 'a\n', 'é'],
  httpHeaderName: ['', 'a b', 'a:'],
  cIdentifier: ['', '1a', 'a-b'],
  portName: ['', '123', 'a--b', '-a', 'a-', 'A', 'a'.repeat(16)],
  pathSegmentName: ['.', '..', 'a/b', 'a%b'],
}

for (const checker of Object.keys(good) as Checker[]) {
  describe(checker, () => {
    for (const value of good[checker]) {
      it(`takes ${JSON.stringify(value.slice(0, 30))}`, () => assert.deepEqual(names[checker](value), []))
    }
    for (const value of bad[checker]) {
      it(`refuses ${JSON.stringify(value.slice(0, 30))}`, () => assert.notDeepEqual(names[checker](value), []))
    }
  })
}

describe('messages', () => {
  it('say the rule as clients know it', () => {
    assert.deepEqual(names.dns1123Subdomain('A'), [
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ])
    assert.deepEqual(names.dns1123Label(''), [
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ])
    assert.deepEqual(names.portNumber(0), ['must be between 1 and 65535, inclusive'])
  })
})

describe('asPrefix', () => {
  it('lets the beginning of a generated name end in a dash', () => {
    assert.deepEqual(names.dns1123Subdomain(names.asPrefix('web-')), [])
    assert.notDeepEqual(names.dns1123Subdomain(names.asPrefix('WEB-')), [])
  })
})
