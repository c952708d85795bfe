import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Secret } from '../../api/core/v1.ts'
import { VirtualClock } from '../../lib/clock.ts'
import { makePod } from '../pods/make.test-helper.ts'
import type { Input } from '../runtime/codec.ts'
import type { PullImageRequest } from '../runtime/cri/messages.ts'
import { credentialsFor } from './credentials.ts'
import { parseImageName } from './image-name.ts'
import { Images, ImageRefusal } from './images.ts'
import type { ImageNews, PullPolicy } from './images.ts'

describe('parseImageName', () => {
  it('knows the abbreviations', () => {
    const name = (text: string): string => {
      const parsed = parseImageName(text)
      return parsed === undefined
        ? 'invalid'
        : `${parsed.registry} ${parsed.repository} ${parsed.tag ?? parsed.digest?.slice(0, 10)}`
    }
    assert.equal(name('nginx'), 'docker.io library/nginx latest')
    assert.equal(name('team/app:1.2'), 'docker.io team/app 1.2')
    assert.equal(name('localhost:5000/x'), 'localhost:5000 x latest')
    assert.equal(name('registry.k8s.io/e2e/agnhost:2.56'), 'registry.k8s.io e2e/agnhost 2.56')
    assert.equal(name(`a@sha256:${'0'.repeat(64)}`), 'docker.io library/a sha256:000')
    for (const bad of ['Nginx', 'a b', '', 'a//b', 'a:', ':tag', 'a/../b', 'invalid.registry/Upper', 'x:bad tag'])
      assert.equal(name(bad), 'invalid', bad)
  })
})

const pullSecret = (auths: object): Secret =>
  ({
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths })).toString('base64') },
  }) as unknown as Secret

describe('credentialsFor', () => {
  it('takes those whose host and path fit, the nearest first', () => {
    const secret = pullSecret({
      'example.com': { username: 'any', password: 'p' },
      'https://example.com/team': { auth: Buffer.from('team:a:b').toString('base64') },
      'example.com/other': { username: 'no' },
      '*.example.com': { username: 'no' },
      'https://index.docker.io/v1/': { username: 'hub' },
    })
    const users = (image: string): unknown[] =>
      credentialsFor([secret], parseImageName(image)!).map(({ username }) => username)
    assert.deepEqual(users('example.com/team/app'), ['team', 'any'])
    assert.deepEqual(users('nginx'), ['hub'])
    assert.deepEqual(users('eu.example.com/x'), ['no'])
    assert.equal(credentialsFor([secret], parseImageName('example.com/team/app')!)[0]?.password, 'a:b')
  })

  it('finds nothing in a secret of another form', () => {
    assert.deepEqual(credentialsFor([{ data: {} } as unknown as Secret], parseImageName('x')!), [])
  })
})

function world(options: {
  present?: boolean
  pull?: (request: Input<PullImageRequest>) => Promise<void>
  secrets?: Secret[]
}) {
  const clock = new VirtualClock()
  let present = options.present ?? false
  const news: string[] = []
  const images = new Images({
    clock,
    pullSecret: () => Promise.resolve(options.secrets?.[0]),
    runtime: {
      imageStatus: () =>
        Promise.resolve({
          image: present
            ? {
                id: 'sha256:1',
                repoTags: [],
                repoDigests: [],
                size: 5,
                uid: { value: 7 },
                username: '',
                spec: undefined,
                pinned: false,
              }
            : undefined,
          info: {},
        }) as never,
      pullImage: async (request) => {
        await options.pull?.(request)
        present = true
        return { imageRef: '' }
      },
    },
  })
  const pod = makePod(options.secrets === undefined ? {} : { imagePullSecrets: [{ name: 's' }] })
  const ensure = (image: string, policy: PullPolicy = 'IfNotPresent', signal = new AbortController().signal) =>
    images.ensure(pod, image, policy, (said: ImageNews) => news.push(said.what), signal)
  const refusal = async (image: string, policy?: PullPolicy): Promise<string> => {
    try {
      await ensure(image, policy)
      return 'no refusal'
    } catch (error) {
      assert.ok(error instanceof ImageRefusal)
      return error.reason
    }
  }
  return { clock, news, ensure, refusal }
}

const fails = (words: string) => (): Promise<void> => Promise.reject(new Error(words))

describe('Images', () => {
  it('uses what is there, and pulls what is not', async () => {
    assert.deepEqual(await world({ present: true }).ensure('x'), {
      id: 'sha256:1',
      name: 'x',
      ref: 'sha256:1',
      user: { uid: 7, username: '' },
    })
    const absent = world({})
    await absent.ensure('x')
    assert.deepEqual(absent.news, ['pulling', 'pulled'])
    const always = world({ present: true })
    await always.ensure('x', 'Always')
    assert.deepEqual(always.news, ['pulling', 'pulled'])
  })

  it('says why it will not even try', async () => {
    assert.equal(await world({}).refusal('Bad Name'), 'InvalidImageName')
    assert.equal(await world({}).refusal('x', 'Never'), 'ErrImageNeverPull')
  })

  it('waits longer after each failure, and says so in between', async () => {
    const { clock, refusal, news } = world({ pull: fails('not found') })
    assert.equal(await refusal('x'), 'ErrImagePull')
    assert.equal(await refusal('x'), 'ImagePullBackOff')
    await clock.advance(10_000)
    assert.equal(await refusal('x'), 'ErrImagePull')
    await clock.advance(10_000)
    assert.equal(await refusal('x'), 'ImagePullBackOff')
    await clock.advance(10_000)
    assert.equal(await refusal('x'), 'ErrImagePull')
    assert.deepEqual(news.filter((what) => what === 'pulling').length, 3)
  })

  it('goes on with the image that is there when no registry answers, but not when one refuses', async () => {
    const unreachable = world({ present: true, pull: fails('dial tcp: lookup example.com: no such host') })
    assert.equal((await unreachable.ensure('example.com/x', 'Always')).id, 'sha256:1')
    assert.equal(
      await world({ present: true, pull: fails('pull access denied') }).refusal('x', 'Always'),
      'ErrImagePull',
    )
    assert.equal(await world({ pull: fails('dial tcp: no such host') }).refusal('x', 'Always'), 'ErrImagePull')
  })

  it('offers the credentials of the pull secrets', async () => {
    const seen: unknown[] = []
    const secrets = [pullSecret({ 'example.com': { username: 'me', password: 'p' } })]
    const { ensure } = world({ secrets, pull: ({ auth }) => Promise.resolve(void seen.push(auth?.username)) })
    await ensure('example.com/x')
    assert.deepEqual(seen, ['me'])
  })

  it('stops waiting when the pod goes', async () => {
    const stop = new AbortController()
    const { ensure } = world({ pull: () => new Promise(() => {}) })
    const pulling = ensure('x', 'IfNotPresent', stop.signal)
    stop.abort(new Error('deleted'))
    await assert.rejects(pulling, { message: 'deleted' })
  })
})
