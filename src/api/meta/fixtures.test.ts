import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { after, describe, it } from 'node:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readFacts } from '../../../tools/kinds/facts.ts'
import { messageMaker } from '../../../tools/kinds/messages.ts'
import { fileOf } from '../../../tools/kinds/plan.ts'
import { decodeObject } from './decode.ts'
import { decodeProtobuf, encodeProtobuf } from './protobuf.ts'
import type { Message } from './schema.ts'

const reference = join(import.meta.dirname, '../../../../shared/kubernetes')

describe(
  'round trips of the reference fixtures',
  { skip: !existsSync(reference) && 'no reference data beside the checkout' },
  async () => {
    const facts = readFacts(reference)
    const make = messageMaker(facts)
    const folder = mkdtempSync(join(tmpdir(), 'fixtures-'))
    after(() => rmSync(folder, { recursive: true }))
    execFileSync('tar', ['xzf', join(reference, 'api/testdata-v0.36.3.tar.gz'), '-C', folder])

    const rows = readFileSync(join(reference, 'api/kinds.tsv'), 'utf8').trimEnd().split('\n').slice(1)
    assert.equal(rows.length, 185)
    for (const row of rows) {
      const [group = '', version = '', kind = '', fixture = ''] = row.split('\t')
      const pkg = [...facts.packages.values()].find(
        (one) =>
          one.proto.startsWith('k8s.io.api') &&
          one.version === version &&
          one.messages.has(kind) &&
          [group, ...(group === '' ? ['meta.k8s.io'] : [])].includes(one.group),
      )
      assert.ok(pkg, `${fixture} has a message`)
      // The product's own table where it has one; retired versions have theirs made from the facts.
      const file = fileOf(pkg)
      const message: Message = file === undefined ? make(`${pkg.proto}.${kind}`) : (await import(`../${file}`))[kind]
      const read = (form: string): Buffer => readFileSync(join(folder, 'HEAD', `${fixture}.${form}`))

      it(fixture, () => {
        const text = read('json').toString()
        const bytes = read('pb')
        const { object, problems } = decodeObject(message, JSON.parse(text))
        assert.deepEqual(problems, [])
        assert.equal(JSON.stringify(object, null, 2), text.trimEnd())
        assert.deepEqual(encodeProtobuf(message, object), bytes)
        assert.equal(JSON.stringify(decodeProtobuf(message, bytes), null, 2), text.trimEnd())
      })
    }
  },
)
