import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Environment } from './environment.ts'
import { CompileError, CostLimitError, EvalError } from './errors.ts'
import { kubernetesFunctions } from './kubernetes.ts'
import type { AccessQuestion } from './library/authorizer.ts'
import { AUTHORIZER, AuthorizerValue } from './library/authorizer.ts'
import { compileProgram } from './program.ts'
import { DYN, INT, listOf, mapOf, objectOf, STRING } from './types.ts'
import type { Type } from './types.ts'
import { adapt, toJson } from './values.ts'

const environment = (variables: Readonly<Record<string, Type>> = {}): Environment => ({
  functions: kubernetesFunctions,
  variables: new Map(Object.entries(variables)),
})

/** The value of an expression as JSON; variables are dyn. */
function run(source: string, values: Readonly<Record<string, unknown>> = {}, costLimit?: number): unknown {
  const types = Object.fromEntries(Object.keys(values).map((name) => [name, DYN]))
  const { value } = compileProgram(source, environment(types)).run((name) => adapt(values[name]), costLimit)
  return toJson(value)
}

function problemOf(source: string, variables: Readonly<Record<string, Type>> = {}): string {
  try {
    compileProgram(source, environment(variables))
  } catch (error) {
    if (error instanceof CompileError) return error.message
    throw error
  }
  return ''
}

function failureOf(source: string, values: Readonly<Record<string, unknown>> = {}): string {
  try {
    run(source, values)
  } catch (error) {
    if (error instanceof EvalError) return error.message
    throw error
  }
  return ''
}

describe('functions of Kubernetes', () => {
  const holds: Readonly<Record<string, readonly string[]>> = {
    lists: [
      '[1, 2, 2, 3].isSorted()',
      "!['b', 'a'].isSorted()",
      '[1, 2, 3].sum() == 6',
      '[1.5, 2.5].sum() == 4.0',
      "[duration('1m'), duration('1s')].sum() == duration('61s')",
      '[3, 1, 2].min() == 1 && [3, 1, 2].max() == 3',
      "['a', 'b', 'b'].indexOf('b') == 1 && ['a', 'b', 'b'].lastIndexOf('b') == 2 && ['a'].indexOf('c') == -1",
      '[3, 1, 2].sort() == [1, 2, 3]',
      "[{'n': 2}, {'n': 1}].sortBy(one, one.n)[0].n == 1",
      '[1, 2, 2, 1].distinct() == [1, 2]',
      '[[1], [2, 3]].flatten() == [1, 2, 3]',
      '[1, 2, 3, 4].slice(1, 3) == [2, 3]',
      'lists.range(3) == [0, 1, 2] && [1, 2].reverse() == [2, 1]',
      '[1, 2].first().value() == 1 && [1, 2].last().value() == 2 && ![].first().hasValue()',
    ],
    sets: [
      'sets.contains([1, 2, 3], [2, 1])',
      '!sets.contains([1], [1, 2])',
      'sets.equivalent([1, 2, 1], [2, 1])',
      'sets.intersects([1, 2], [2, 3]) && !sets.intersects([1], [2])',
    ],
    'regular expressions': [
      "'abc 123 456'.find('[0-9]+') == '123'",
      "'abc'.find('[0-9]+') == ''",
      "'1 22 333'.findAll('[0-9]+') == ['1', '22', '333']",
      "'1 22 333'.findAll('[0-9]+', 2) == ['1', '22']",
      "'foobar'.matches('^fo+b')",
    ],
    URLs: [
      "url('https://user:pw@example.com:80/path%20a/b?k=a&k=b#f').getHost() == 'example.com:80'",
      "url('https://example.com:80/').getHostname() == 'example.com'",
      "url('https://[::1]:80/').getHostname() == '::1' && url('https://[::1]:80/').getHost() == '[::1]:80'",
      "url('https://example.com:80/').getPort() == '80' && url('/p').getScheme() == ''",
      "url('https://example.com/path with spaces/').getEscapedPath() == '/path%20with%20spaces/'",
      "url('https://example.com/?k=a&k=b').getQuery() == {'k': ['a', 'b']}",
      "isURL('https://a:b@example.com/') && !isURL('../relative') && !isURL('https://exa mple.com')",
    ],
    addresses: [
      "isIP('127.0.0.1') && isIP('::1') && !isIP('::ffff:1.2.3.4') && !isIP('1.2.3') && !isIP('fe80::1%eth0')",
      "ip('::1').family() == 6 && ip('10.0.0.1').family() == 4",
      "ip.isCanonical('2001:db8::abcd') && !ip.isCanonical('2001:DB8::ABCD') && !ip.isCanonical('2001:db8::0:0:0:abcd')",
      "ip('127.0.0.1').isLoopback() && ip('::').isUnspecified() && ip('224.0.0.1').isLinkLocalMulticast()",
      "ip('169.254.169.254').isLinkLocalUnicast() && ip('192.168.0.1').isGlobalUnicast()",
      "!ip('255.255.255.255').isGlobalUnicast() && ip('ff02::1').isLinkLocalMulticast()",
      "string(ip('2001:0:0:1:0:0:0:1')) == '2001:0:0:1::1'",
      "cidr('192.168.0.0/24').containsIP('192.168.0.1') && !cidr('192.168.0.0/24').containsIP(ip('192.168.1.1'))",
      "cidr('192.168.0.0/24').containsCIDR('192.168.0.0/25') && !cidr('192.168.0.0/24').containsCIDR('192.168.0.0/23')",
      "cidr('192.168.1.5/24').masked() == cidr('192.168.1.0/24') && cidr('10.0.0.1/8').ip() == ip('10.0.0.1')",
      "cidr('2001:db8::/32').prefixLength() == 32 && !isCIDR('10.0.0.0/33') && string(cidr('10.0.0.0/8')) == '10.0.0.0/8'",
    ],
    quantities: [
      "quantity('1.5Gi').isGreaterThan(quantity('1G')) && quantity('200k').compareTo(quantity('0.2M')) == 0",
      "isQuantity('1.3G') && !isQuantity('1.3g') && !isQuantity('200K')",
      "quantity('50k').add(20).sub(quantity('20')) == quantity('50000') && quantity('50k').asInteger() == 50000",
      "!quantity('50m').isInteger() && quantity('50m').asApproximateFloat() == 0.05",
      "quantity('-1').sign() == -1 && quantity('1e3') == quantity('1k')",
    ],
    versions: [
      "semver('1.2.3').isLessThan(semver('1.10.0')) && semver('1.2.3-alpha').compareTo(semver('1.2.3')) == -1",
      "semver('v01.01', true) == semver('1.1.0') && isSemver('v1.0', true) && !isSemver('v1.0.0')",
      "semver('1.2.3').major() == 1 && semver('1.2.3').minor() == 2 && semver('1.2.3').patch() == 3",
      "semver('1.0.0-alpha.2').isLessThan(semver('1.0.0-alpha.10')) && semver('1.0.0-1').isLessThan(semver('1.0.0-a'))",
    ],
    formats: [
      "!format.dns1123Label().validate('my-label').hasValue()",
      "format.dns1123Label().validate('My_Label').value()[0].startsWith('a lowercase RFC 1123 label')",
      "!format.named('uuid').value().validate('123e4567-e89b-12d3-a456-426614174000').hasValue()",
      "!format.named('nothing').hasValue() && format.date().validate('2023-02-30').hasValue()",
      "!format.qualifiedName().validate('example.com/name').hasValue() && format.uri().validate('a').hasValue()",
    ],
    'two variables': [
      '[1, 2].all(i, v, i < v)',
      "[10, 20].transformList(i, v, v > 10, i) == [1] && {'a': 1}.transformMap(k, v, v + 1) == {'a': 2}",
      "['a'].transformMapEntry(i, v, {v: i}) == {'a': 0} && {'a': 1, 'b': 2}.existsOne(k, v, v == 2)",
    ],
    optionals: [
      "optional.of(1).orValue(2) == 1 && optional.none().orValue(2) == 2 && {'a': 1}[?'b'].orValue(0) == 0",
      "{'a': {'b': 1}}.?a.?b.value() == 1 && !{'a': 1}.?c.hasValue() && [1][?3].or(optional.of(5)).value() == 5",
      "[?optional.none(), ?optional.of(1)] == [1] && {?'a': optional.none()} == {} && optional.of(1).optMap(x, x + 1).value() == 2",
    ],
  }
  for (const [name, expressions] of Object.entries(holds)) {
    it(name, () => {
      const wrong = expressions.filter((one) => run(one) !== true)
      assert.deepEqual(wrong, [])
    })
  }

  it('ask whether somebody may do something', () => {
    const asked: unknown[] = []
    const authorityOf = (who: string): any => ({
      decide: (question: AccessQuestion) => {
        asked.push({ who, ...question })
        return { allowed: who === 'me', reason: 'because' }
      },
      serviceAccount: (namespace: string, name: string) => authorityOf(`${namespace}/${name}`),
    })
    const program = compileProgram(
      "authorizer.path('/healthz').check('get').allowed() && !authorizer.serviceAccount('default', 'sa').group('apps').resource('deployments').subresource('scale').namespace('n').name('d').labelSelector('a=b').check('update').allowed()",
      environment({ authorizer: AUTHORIZER }),
    )
    const { value, cost } = program.run(() => new AuthorizerValue(authorityOf('me')))
    assert.equal(value, true)
    assert.ok(cost > 700_000)
    assert.deepEqual(asked, [
      { who: 'me', path: '/healthz', verb: 'get' },
      {
        who: 'default/sa',
        group: 'apps',
        resource: 'deployments',
        subresource: 'scale',
        namespace: 'n',
        name: 'd',
        fieldSelector: '',
        labelSelector: 'a=b',
        verb: 'update',
      },
    ])
  })
})

describe('values of JSON', () => {
  it('are whole numbers where they can be, and maps', () => {
    const object = { spec: { replicas: 3, share: 0.5, labels: { 'a.b/c': 'd' }, list: [1, 2.5] }, none: null }
    assert.equal(run('object.spec.replicas / 2 == 1 && object.spec.share * 2.0 == 1.0', { object }), true)
    assert.equal(run("object.spec.labels['a.b/c'] == 'd' && 'a.b/c' in object.spec.labels", { object }), true)
    assert.equal(run('object.none == null && has(object.none) && !has(object.missing)', { object }), true)
    assert.deepEqual(run('object.spec.list.map(x, x * x)', { object: { spec: { list: [1, 2, 3] } } }), [1, 4, 9])
    assert.equal(run("object.spec == object.spec && {'a': [1]} == other", { object, other: { a: [1] } }), true)
  })

  it('have no properties but their own', () => {
    assert.equal(run("has(object.constructor) || has(object.__proto__) || 'toString' in object", { object: {} }), false)
    assert.deepEqual(run("{'__proto__': 1}"), JSON.parse('{"__proto__": 1}'))
  })
})

describe('errors', () => {
  it('are shown where they are', () => {
    assert.equal(
      problemOf('1 +\n  foo.bar'),
      `ERROR: <input>:2:3: undeclared reference to 'foo' (in container '')\n |   foo.bar\n | ..^`,
    )
    const variables = { self: objectOf('object', { n: INT, tags: mapOf(STRING, STRING), list: listOf(INT) }) }
    const first = (source: string): string =>
      problemOf(source, variables).split('\n')[0]!.replace('ERROR: <input>:', '')
    assert.equal(first("self.n > '1'"), "1:8: found no matching overload for '_>_' applied to '(int, string)'")
    assert.equal(
      first('self.list.contains(1)'),
      "1:19: found no matching overload for 'contains' applied to 'list(int).(int)'",
    )
    assert.equal(first('self.m'), "1:5: undefined field 'm'")
    assert.equal(first('self.n.x'), "1:7: type 'int' does not support field selection")
    assert.equal(first("[1, 'a']"), "1:5: expected type 'int' but found 'string'")
    assert.equal(first('self.list.all(x, x)'), "1:18: expected type 'bool' but found 'int'")
    assert.equal(
      first('self.n.all(x, true)'),
      "1:5: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)",
    )
    assert.equal(first("'a'.matches('(')"), '1:13: invalid matches argument')
    assert.equal(first("duration('1x')"), '1:10: invalid duration argument')
    assert.equal(first('size(1, 2)'), "1:5: found no matching overload for 'size' applied to '(int, int)'")
    assert.equal(first('has(self)'), '1:5: invalid argument to has() macro')
    assert.match(first('self.n >'), /^1:9: Syntax error: mismatched input '<EOF>' expecting /)
    assert.equal(first('self.n 1'), "1:8: Syntax error: extraneous input '1' expecting <EOF>")
  })

  it('say what is missing when they come up', () => {
    assert.equal(failureOf('object.a.b', { object: { a: {} } }), 'no such key: b')
    assert.equal(failureOf('[1][1]'), 'index out of bounds: 1')
    assert.equal(failureOf('1 / 0'), 'division by zero')
    assert.equal(failureOf('9223372036854775807 + 1'), 'integer overflow')
    assert.equal(failureOf("object.a + 'x'", { object: { a: 1 } }), 'no such overload')
    assert.equal(failureOf('optional.none().value()'), 'optional.none() dereference')
  })

  it('do not matter where the other side decides', () => {
    assert.equal(run('object.missing == 1 || true', { object: {} }), true)
    assert.equal(run('false && object.missing == 1', { object: {} }), false)
    assert.equal(run('[1, 2].exists(x, 1 / (x - 1) == 1)'), true)
    assert.equal(failureOf('object.missing == 1 || false', { object: {} }), 'no such key: missing')
  })

  it('come before a deep text can break anything', () => {
    assert.match(problemOf(`${'('.repeat(5000)}1${')'.repeat(5000)}`), /recursion limit exceeded/)
    assert.equal(run(`${'!'.repeat(5000)}(${'-'.repeat(5001)}1 == -1)`), true)
    assert.equal(run(Array.from({ length: 5000 }, (_, i) => `${i} > 0`).join(' && ')), false)
    assert.match(problemOf(`1${'.a'.repeat(5000)}`), /limit/)
    assert.match(problemOf(`1${' + 1'.repeat(5000)}`), /limit/)
    assert.match(problemOf(`'${'a'.repeat(100_001)}'`), /exceeds limit/)
  })
})

describe('what an expression costs', () => {
  const costOf = (source: string, values: Readonly<Record<string, unknown>> = {}): number => {
    const types = Object.fromEntries(Object.keys(values).map((name) => [name, DYN]))
    return compileProgram(source, environment(types)).run((name) => adapt(values[name])).cost
  }

  it('is counted as by the reference implementation', () => {
    const object = { list: [1, 2, 3], text: 'x'.repeat(100) }
    assert.equal(costOf('1 + 1'), 1)
    assert.equal(costOf('object.list', { object }), 2)
    assert.equal(costOf('object.list.all(x, x > 0)', { object }), 2 + 3 * (3 + 2) + 1)
    assert.equal(costOf('has(object.list)', { object }), 1)
    assert.equal(costOf("object.text.contains('xy')", { object }), 2 + 10 * 1)
    assert.equal(costOf("object.text.matches('^x+$')", { object }), 2 + 11 * 1)
    assert.equal(costOf('[1, object.text]', { object }), 10 + 2)
    assert.equal(costOf("{'a': object.text}", { object }), 30 + 2)
    assert.equal(costOf("[1, 2] == [1, 2] && 1 in [1, 2] && object.text in ['a', 'b']", { object }), 1 + 2)
    // What is decided is found out when there is another element.
    assert.equal(costOf('object.list.exists(x, x == 2)', { object }), 2 + 2 * (4 + 2) + 3 + 1)
    assert.equal(costOf('object.list.exists_one(x, x == 2)', { object }), 2 + 3 * 2 + 2 + 2)
    assert.equal(costOf('object.list.filter(x, x == 2)', { object }), 2 + 3 * 2 + 13 + 1)
    assert.equal(costOf('object.list.map(x, x)', { object }), 2 + 3 * (12 + 1) + 1)
    assert.equal(costOf('object.list.all(x, object.list[x - 1] > 0)', { object }), 2 + 3 * (3 + 6) + 1)
    assert.equal(
      costOf("'b'.indexOf(object.text) == -1 && object.text.indexOf('y') == -1", { object }),
      2 + 1 + 2 + 10 + 1,
    )
    assert.equal(costOf('true || object.list == []', { object }), 0)
  })

  it('is not all that has a limit: texts do not get too long to be held', () => {
    const object = { text: 'x'.repeat(1_000_000) }
    assert.match(failureOf("object.text.replace('', object.text)", { object }), /^result would have more than/)
    assert.match(failureOf('lists.range(100).map(i, object.text).join()', { object }), /^result would have more than/)
    assert.equal(run("'abc'.replace('', '-') == '-a-b-c-' && 'abc'.replace('', '-', 2) == '-a-bc'"), true)
  })

  it('has a limit', () => {
    const source = '[1, 2, 3].all(a, [1, 2, 3].all(b, [1, 2, 3].all(c, a + b + c > 0)))'
    assert.equal(run(source, {}, 1000), true)
    assert.throws(() => run(source, {}, 100), CostLimitError)
  })
})
