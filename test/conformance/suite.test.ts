import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nextPhase } from './plan.ts'
import { kubernetesVersion } from './programs.ts'
import { QUICK, withoutTags } from './quick.ts'
import { logName, readResults, type Result } from './results.ts'
import { focusPattern, readTests, runsAlone, selectTests, type SuiteTest } from './suite.ts'

const makeTest = (name: string): SuiteTest => ({ name, sig: 'sig-apps', file: 'test/e2e/apps/job.go' })

/** Results in which these tests are done. */
const done = (...names: string[]) => ({
  get: (name: string) => (names.includes(name) ? ({ name } as Result) : undefined),
})

const line = (state: string) => JSON.stringify({ name: 'a', state, seconds: 1, message: '' })

const spec = (type: string) => ({
  LeafNodeType: type,
  LeafNodeText: 'should run [Conformance]',
  LeafNodeLocation: { FileName: 'k8s.io/kubernetes@v1.36.0/test/e2e/apps/job.go' },
  ContainerHierarchyTexts: ['[sig-apps] Job', 'when small'],
})

describe('readTests', () => {
  it('joins the texts to the name that focus sees, and finds SIG and file', () => {
    assert.deepEqual(readTests([{ SpecReports: [spec('BeforeSuite'), spec('It')] }]), [
      { name: '[sig-apps] Job when small should run [Conformance]', sig: 'sig-apps', file: 'test/e2e/apps/job.go' },
    ])
  })
})

describe('selectTests', () => {
  it('keeps what matches focus and not skip', () => {
    const tests = ['Job a', 'Job b [Slow]', 'Deployment'].map(makeTest)
    assert.deepEqual(selectTests(tests, { focus: '^Job', skip: String.raw`\[Slow\]` }), [makeTest('Job a')])
    assert.equal(selectTests(tests, {}).length, 3)
  })
})

describe('focusPattern', () => {
  it('means exactly the given tests', () => {
    const pattern = new RegExp(focusPattern([makeTest('a (b) *c* [D] e.f|g')]))
    assert.match('Kubernetes e2e suite a (b) *c* [D] e.f|g', pattern)
    assert.doesNotMatch('Kubernetes e2e suite a (b) *c* [D] e.f|g h', pattern)
    assert.doesNotMatch('Kubernetes e2e suite a (b) *c* [D] eXf|g', pattern)
  })
})

describe('nextPhase', () => {
  const tests = ['one', 'two [Serial]', 'three', 'four [Disruptive]'].map(makeTest)
  it('runs first what can share the cluster, then the rest one by one', () => {
    const first = nextPhase(tests, done(), { procs: 4, stuck: false })
    assert.deepEqual([first?.title, first?.procs, first?.tests.length], ['parallel', 2, 2])
    const second = nextPhase(tests, done('one', 'three'), { procs: 4, stuck: false })
    assert.deepEqual([second?.title, second?.procs, second?.tests.every(runsAlone)], ['alone', 1, true])
  })

  it('leaves out what has a result, and ends', () => {
    assert.deepEqual(nextPhase(tests, done('one'), { procs: 4, stuck: false })?.tests, [makeTest('three')])
    assert.equal(nextPhase(tests, done(...tests.map(({ name }) => name)), { procs: 4, stuck: false }), undefined)
  })

  it('goes one by one after a start that got stuck', () => {
    assert.equal(nextPhase(tests, done(), { procs: 4, stuck: true })?.procs, 1)
  })
})

describe('readResults', () => {
  it('believes the last line about a test, and drops one that was cut off', () => {
    const results = readResults(`${line('failed')}\n${line('passed')}\n${line('skipped').slice(0, 9)}`)
    assert.equal(results.get('a')?.state, 'passed')
  })
})

describe('names', () => {
  it('become file names without their tags', () => {
    assert.equal(
      logName('[sig-apps] Job should (a/b) run [NodeConformance] [Conformance]'),
      'sig-apps-Job-should-a-b-run',
    )
  })

  it('of the quick selection carry no tags', () => {
    for (const name of QUICK) assert.equal(withoutTags(name), name)
    assert.equal(new Set(QUICK).size, QUICK.length)
  })
})

describe('kubernetesVersion', () => {
  it('reads both forms of a requirement', () => {
    assert.equal(kubernetesVersion('module m\n\nrequire k8s.io/kubernetes v1.36.5\n'), 'v1.36.5')
    assert.equal(kubernetesVersion('require (\n\tk8s.io/kubernetes v1.36.4\n)\n'), 'v1.36.4')
  })
})
