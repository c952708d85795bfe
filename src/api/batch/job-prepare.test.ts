import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeObject } from '../meta/decode.ts'
import type { Draft } from '../meta/schema.ts'
import { Jobs } from './job.ts'
import type { Job } from './v1.ts'

function prepared(draft: Draft<Job>, old?: Job): Job {
  const { object } = decodeObject(Jobs.message, draft)
  Jobs.prepare?.(object, old)
  return object
}

describe('a new Job', () => {
  const metadata = { name: 'pi', uid: 'u' }

  it('selects Pods by its own uid', () => {
    const { spec } = prepared({ metadata, spec: { template: { metadata: { labels: { app: 'pi' } } } } })
    assert.deepEqual(spec.selector, { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } })
    assert.deepEqual(spec.template.metadata.labels, {
      app: 'pi',
      'batch.kubernetes.io/controller-uid': 'u',
      'batch.kubernetes.io/job-name': 'pi',
      'controller-uid': 'u',
      'job-name': 'pi',
    })
  })

  it('does not take over the Pods of the Job that it is a copy of', () => {
    const original = prepared({ metadata: { name: 'old', uid: 'o' } })
    const { spec } = prepared({ metadata, spec: original.spec })
    assert.deepEqual(spec.selector?.matchLabels, { 'batch.kubernetes.io/controller-uid': 'u' })
    assert.equal(spec.template.metadata.labels?.['job-name'], 'pi')
  })

  it('keeps the selector that the user manages, and that of an update', () => {
    const manual = { manualSelector: true, selector: { matchLabels: { a: 'b' } } }
    assert.deepEqual(prepared({ metadata, spec: manual }).spec.selector, manual.selector)
    const before = prepared({ metadata })
    const after = prepared({ metadata, spec: { suspend: true } }, before)
    assert.equal(after.spec.selector, undefined)
  })
})
