import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { allKinds, loadKind, loadKindNamed, servedGroups } from './kinds.ts'
import { keyOf } from './meta/kind.ts'

const table = join(import.meta.dirname, '../../../shared/kubernetes/openapi/resources.tsv')

describe('the registry of kinds', () => {
  it('finds a kind by the names that paths and bodies carry', async () => {
    const pods = await loadKind('', 'v1', 'pods')
    assert.equal(pods?.kind, 'Pod')
    assert.equal(pods, await loadKindNamed('', 'v1', 'Pod'))
    assert.equal(await loadKind('apps', 'v1beta1', 'deployments'), undefined)
    assert.equal(await loadKind('', 'v1', '__proto__'), undefined)
  })

  it('prefers the newest version of a group', () => {
    const autoscaling = servedGroups.find(({ group }) => group === 'autoscaling')
    assert.deepEqual(
      autoscaling?.versions.map(({ version }) => version),
      ['v2', 'v1'],
    )
  })

  it(
    'says of every stable resource what the reference says',
    { skip: !existsSync(table) && 'no reference data beside the checkout' },
    async () => {
      const kinds = await allKinds()
      const [head = '', ...rows] = readFileSync(table, 'utf8').trimEnd().split('\n')
      const names = head.split('\t')
      const listOf = (text = ''): string[] => text.split(',').filter(Boolean).toSorted()
      let compared = 0
      for (const row of rows) {
        const fact = Object.fromEntries(row.split('\t').map((cell, at) => [names[at], cell]))
        if (!/^v\d+$/.test(fact['version'] ?? '')) continue
        const [plural, subresource] = (fact['resource'] ?? '').split('/')
        const kind = kinds.find(
          (one) => one.group === fact['group'] && one.version === fact['version'] && one.plural === plural,
        )
        assert.ok(kind, row)
        assert.equal(String(kind.namespaced), fact['namespaced'], row)
        if (subresource === undefined) {
          assert.equal(kind.kind, fact['kind'])
          assert.equal(kind.singular, fact['singular'])
          assert.deepEqual([...kind.shortNames].toSorted(), listOf(fact['short_names']), row)
          assert.deepEqual([...kind.categories].toSorted(), listOf(fact['categories']), row)
          assert.deepEqual([...kind.verbs].toSorted(), listOf(fact['verbs']), row)
        } else {
          assert.deepEqual([...(kind.subresources[subresource]?.verbs ?? [])].toSorted(), listOf(fact['verbs']), row)
          assert.equal(kind.subresources[subresource]?.kind ?? kind.kind, fact['kind'], row)
        }
        compared++
      }
      assert.ok(compared > 100, `${compared} resources compared`)
    },
  )
})

describe('keyOf', () => {
  it('names an object within its kind', () => {
    assert.equal(keyOf({ metadata: { name: 'a', namespace: 'b' } }), 'b/a')
    assert.equal(keyOf({ metadata: { name: 'a' } }), 'a')
  })
})
