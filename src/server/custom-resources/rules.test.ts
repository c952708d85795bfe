import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TestServer } from '../server.test-helper.ts'
import { startTestServer } from '../server.test-helper.ts'

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const THINGS = '/apis/stable.example.com/v1/namespaces/default/things'

const definition = (spec: object, more: object = {}): object => ({
  metadata: { name: 'things.stable.example.com' },
  spec: {
    group: 'stable.example.com',
    scope: 'Namespaced',
    names: { plural: 'things', kind: 'Thing' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', ...spec } }, ...more } },
      },
    ],
  },
})

const thing = (spec: object, name = 'one'): object => ({
  apiVersion: 'stable.example.com/v1',
  kind: 'Thing',
  metadata: { name },
  spec,
})

async function startDefined(spec: object, more: object = {}): Promise<TestServer> {
  const server = await startTestServer()
  const { status, text } = await server.send(`POST ${DEFINITIONS}`, definition(spec, more))
  assert.equal(status, 201, text)
  return server
}

const causes = (json: any): string[] => json.details.causes.map(({ field, message }: any) => `${field}: ${message}`)
const rules = (...list: object[]): object => ({ 'x-kubernetes-validations': list })
const integer = { type: 'integer' }

describe('rules of a custom resource', () => {
  const sums = {
    ...rules(
      { rule: 'self.x + self.y > 0' },
      {
        rule: 'self.x < 100',
        messageExpression: '"x is " + string(self.x)',
        fieldPath: '.x',
        reason: 'FieldValueForbidden',
      },
      { rule: 'self.large.all(a, self.large.all(b, a == b))', message: 'all have to be the same' },
    ),
    properties: { x: integer, y: integer, large: { type: 'array', maxItems: 725, items: integer } },
  }

  it('refuse what breaks them, in their own words', async () => {
    const { send } = await startDefined(sums)
    assert.equal((await send(`POST ${THINGS}`, thing({ x: 1, y: 0, large: [2, 2] }))).status, 201)
    const { status, json } = await send(`POST ${THINGS}`, thing({ x: 100, y: -100, large: [1, 2] }, 'two'))
    assert.equal(status, 422)
    assert.deepEqual(causes(json), [
      'spec: Invalid value: failed rule: self.x + self.y > 0',
      'spec.x: Forbidden: x is 100',
      'spec: Invalid value: all have to be the same',
    ])
  })

  it('that fail are broken too', async () => {
    const { send } = await startDefined(sums)
    const { json } = await send(`POST ${THINGS}`, thing({ y: 1 }))
    assert.deepEqual(
      causes(json)[0],
      'spec: Invalid value: "object": no such key: x evaluating rule: self.x + self.y > 0',
    )
  })

  it('stop when they take too long', async () => {
    const { send } = await startDefined(sums)
    const large = Array.from({ length: 725 }, () => 20)
    const { json } = await send(`POST ${THINGS}`, thing({ x: 1, y: 1, large }))
    assert.match(
      json.message,
      /no further validation rules will be run due to call cost exceeds limit for rule: all have to/,
    )
  })

  it('are asked about items, entries and whole objects', async () => {
    const { send } = await startDefined(
      {
        properties: {
          list: { type: 'array', items: { type: 'string', ...rules({ rule: "self.startsWith('a')" }) } },
          map: { type: 'object', additionalProperties: { ...integer, ...rules({ rule: 'self > 0' }) } },
          'a-b': { type: 'string' },
          when: { type: 'string', format: 'date-time' },
          share: { 'x-kubernetes-int-or-string': true },
        },
        ...rules(
          { rule: "!has(self.a__dash__b) || self.a__dash__b == 'c'" },
          { rule: "!has(self.when) || self.when < timestamp('2030-01-01T00:00:00Z')" },
          { rule: "!has(self.share) || type(self.share) == int || self.share.endsWith('%')" },
        ),
      },
      rules({ rule: "self.metadata.name.startsWith('o')" }),
    )
    const fine = { list: ['a'], map: { k: 1 }, 'a-b': 'c', when: '2029-01-01T00:00:00Z', share: '5%' }
    assert.equal((await send(`POST ${THINGS}`, thing(fine))).status, 201)
    const wrong = { list: ['a', 'b'], map: { k: 0 }, 'a-b': 'd', when: '2031-01-01T00:00:00Z', share: '5' }
    const { json } = await send(`POST ${THINGS}`, thing(wrong, 'two'))
    assert.deepEqual(causes(json), [
      "<nil>: Invalid value: failed rule: self.metadata.name.startsWith('o')",
      "spec: Invalid value: failed rule: !has(self.a__dash__b) || self.a__dash__b == 'c'",
      "spec: Invalid value: failed rule: !has(self.when) || self.when < timestamp('2030-01-01T00:00:00Z')",
      "spec: Invalid value: failed rule: !has(self.share) || type(self.share) == int || self.share.endsWith('%')",
      `spec.list[1]: Invalid value: "b": failed rule: self.startsWith('a')`,
      'spec.map[k]: Invalid value: 0: failed rule: self > 0',
    ])
  })

  it('hold for a status too', async () => {
    const health = { type: 'string', ...rules({ rule: "self in ['ok', 'unhealthy']" }) }
    const server = await startTestServer()
    const made: any = definition({ properties: {} })
    const [version] = made.spec.versions
    version.subresources = { status: {} }
    version.schema.openAPIV3Schema.properties.status = { type: 'object', properties: { health } }
    assert.equal((await server.send(`POST ${DEFINITIONS}`, made)).status, 201)
    await server.send(`POST ${THINGS}`, thing({}))
    const merge = { 'content-type': 'application/merge-patch+json' }
    const set = (value: unknown) => server.send(`PATCH ${THINGS}/one/status`, { status: { health: value } }, merge)
    assert.equal((await set('ok')).status, 200)
    assert.match((await set('bad')).json.message, /status.health: Invalid value: "bad": failed rule/)
    assert.match((await set(1)).json.message, /status.health in body must be of type string/)
  })

  it('compare with what was there before', async () => {
    const items = {
      type: 'object',
      properties: { name: { type: 'string' }, size: { ...integer, ...rules({ rule: 'self >= oldSelf' }) } },
    }
    const { send } = await startDefined({
      properties: {
        num: { ...integer, ...rules({ rule: 'self > oldSelf' }) },
        once: { type: 'string' },
        parts: {
          type: 'array',
          maxItems: 10,
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items,
        },
      },
      ...rules({ rule: '!oldSelf.hasValue() || has(self.once)', optionalOldSelf: true, message: 'once, and for all' }),
    })
    const made = await send(`POST ${THINGS}`, thing({ num: 10, once: 'x', parts: [{ name: 'a', size: 5 }] }))
    assert.equal(made.status, 201, made.text)
    const { resourceVersion } = made.json.metadata
    const change = (spec: object): object => ({ ...thing(spec), metadata: { name: 'one', resourceVersion } })
    const { json } = await send(
      `PUT ${THINGS}/one`,
      change({
        num: 9,
        parts: [
          { name: 'b', size: 1 },
          { name: 'a', size: 4 },
        ],
      }),
    )
    assert.deepEqual(causes(json), [
      'spec: Invalid value: once, and for all',
      'spec.num: Invalid value: 9: failed rule: self > oldSelf',
      'spec.parts[1].size: Invalid value: 4: failed rule: self >= oldSelf',
    ])
  })

  it('leave alone what has not changed since before there were any', async () => {
    const name = { type: 'string' }
    const { send } = await startDefined({ properties: { name, other: { type: 'string' } } })
    await send(`POST ${THINGS}`, thing({ name: 'bad' }))
    const now: any = (await send(`GET ${DEFINITIONS}/things.stable.example.com`)).json
    now.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.name = {
      ...name,
      ...rules({ rule: "self == 'good'" }),
    }
    assert.equal((await send(`PUT ${DEFINITIONS}/things.stable.example.com`, now)).status, 200)
    const merge = { 'content-type': 'application/merge-patch+json' }
    assert.equal((await send(`PATCH ${THINGS}/one`, { spec: { other: 'x' } }, merge)).status, 200)
    assert.equal((await send(`PATCH ${THINGS}/one`, { spec: { name: 'worse' } }, merge)).status, 422)
  })
})

describe('a definition with rules', () => {
  const refused = async (spec: object): Promise<string[]> => {
    const { send } = await startTestServer()
    const { status, json, text } = await send(`POST ${DEFINITIONS}`, definition(spec))
    assert.equal(status, 422, text)
    return causes(json)
  }
  const AT = 'spec.versions[0].schema.openAPIV3Schema.properties[spec]'

  it('is refused when they name what is not there, or make no sense', async () => {
    const x = { properties: { x: integer } }
    assert.match(
      (await refused({ ...x, ...rules({ rule: 'self.z == 100' }) }))[0]!,
      /rule: .*compilation failed: .*undefined field 'z'/s,
    )
    assert.match(
      (await refused({ ...x, ...rules({ rule: 'self = 42' }) }))[0]!,
      /Syntax error: token recognition error at: '='/,
    )
    assert.match((await refused({ ...x, ...rules({ rule: 'self.x' }) }))[0]!, /cel expression must evaluate to a bool$/)
    const { length } = await refused({
      ...x,
      ...rules({ rule: 'self.x > 0', messageExpression: 'self.x', fieldPath: '.y' }),
    })
    assert.equal(length, 1)
    assert.deepEqual(await refused({ ...x, ...rules({ rule: 'self.x > 0', optionalOldSelf: true }) }), [
      `${AT}.x-kubernetes-validations[0].optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule`,
    ])
  })

  it('is refused when they could take too long', async () => {
    const inner = {
      type: 'array',
      items: { type: 'string' },
      ...rules({ rule: "self.all(s, s == 'string constant')" }),
    }
    const [first] = await refused({ properties: { x: { type: 'array', items: inner } } })
    assert.equal(
      first,
      `${AT}.properties[x].items.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`,
    )
  })

  it('may not become too expensive later', async () => {
    const list = { type: 'array', items: { type: 'string' } }
    const { send } = await startDefined({ properties: { x: list } })
    const now: any = (await send(`GET ${DEFINITIONS}/things.stable.example.com`)).json
    const { x } = now.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties
    x.items = { ...list, ...rules({ rule: "self.all(s, s == 'string constant')" }) }
    const changed = await send(`PUT ${DEFINITIONS}/things.stable.example.com`, now)
    assert.equal(changed.status, 422)
    assert.match(changed.json.message, /exceeds budget by factor of more than 100x/)
  })

  it('may not compare items that cannot be found again', async () => {
    const item = { ...integer, ...rules({ rule: 'self >= oldSelf' }) }
    assert.deepEqual(await refused({ properties: { x: { type: 'array', maxItems: 5, items: item } } }), [
      `${AT}.properties[x].items.x-kubernetes-validations[0].rule: Invalid value: "self >= oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within ${AT}.properties[x].items`,
    ])
  })
})
