import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { ConfigMaps } from '../../src/api/core/config-map.ts'
import { Pods } from '../../src/api/core/pod.ts'
import { Secrets } from '../../src/api/core/secret.ts'
import type { Container, Pod } from '../../src/api/core/v1.ts'
import type { Draft } from '../../src/api/meta/schema.ts'
import { mountsBelow } from '../../src/node/volumes/mount-table.ts'
import { insideLab } from '../network/lab.ts'
import { busybox, startWorld, until } from './world.ts'
import type { World } from './world.ts'

const namespace = 'default'
const done = (pod: Pod): boolean => pod.status.phase === 'Succeeded'
const running = (pod: Pod): boolean => pod.status.phase === 'Running'
const sh = (script: string, rest: Draft<Container> = {}): Draft<Container> => ({
  name: 'app',
  image: busybox,
  command: ['sh', '-c', script],
  ...rest,
})

if (insideLab(import.meta.filename)) {
  describe('volumes of pods', () => {
    let world: World
    before(async () => {
      world = await startWorld()
      await world.client.create(ConfigMaps, {
        metadata: { namespace, name: 'settings' },
        data: { level: 'low', other: 'x' },
        binaryData: { bytes: 'AAEC' },
      })
      await world.client.create(Secrets, { metadata: { namespace, name: 'keys' }, data: { token: 'czM=' } })
    })
    after(() => world[Symbol.asyncDispose]())

    const logOf = async (name: string): Promise<string> => {
      await world.eventually(name, done)
      return world.log(name)
    }

    it('has files of ConfigMaps and Secrets, with modes and paths, in memory and not to be written', async () => {
      await world.createPod('files', {
        restartPolicy: 'Never',
        volumes: [
          {
            name: 'c',
            configMap: {
              name: 'settings',
              defaultMode: 0o640,
              items: [
                { key: 'level', path: 'a/b', mode: 0o400 },
                { key: 'bytes', path: 'bytes' },
              ],
            },
          },
          { name: 's', secret: { secretName: 'keys', defaultMode: 0o600 } },
          { name: 'none', configMap: { name: 'none', optional: true } },
        ],
        containers: [
          sh(
            'cat /c/a/b; ls -lL /c/a/b /c/bytes /s/token | cut -c1-10; od -An -tx1 /c/bytes; cat /s/token; echo; touch /c/new 2>&1; ls /none | wc -l; grep " /s " /proc/mounts | cut -d" " -f3',
            {
              volumeMounts: [
                { name: 'c', mountPath: '/c' },
                { name: 's', mountPath: '/s' },
                { name: 'none', mountPath: '/none' },
              ],
            },
          ),
        ],
      })
      assert.equal(
        await logOf('files'),
        'low-r--------\n-rw-r-----\n-rw-------\n 00 01 02\ns3\ntouch: /c/new: Read-only file system\n0\ntmpfs\n',
      )
    })

    it('gives files to the group that the pod names', async () => {
      await world.createPod('grouped', {
        restartPolicy: 'Never',
        securityContext: { runAsUser: 1000, fsGroup: 2000 },
        volumes: [
          { name: 's', secret: { secretName: 'keys', defaultMode: 0o400 } },
          { name: 'e', emptyDir: {} },
          { name: 'm', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
        ],
        containers: [
          sh(
            'ls -lnL /s/token | cut -c1-30; cat /s/token; echo; ls -ldn /e /m | cut -c1-30; df -m /m | tail -1 | tr -s " " | cut -d" " -f1,2; ls -ln /var/run/secrets/kubernetes.io/serviceaccount/..data/token | cut -c1-10',
            {
              volumeMounts: [
                { name: 's', mountPath: '/s' },
                { name: 'e', mountPath: '/e' },
                { name: 'm', mountPath: '/m' },
              ],
            },
          ),
        ],
      })
      const log = await logOf('grouped')
      assert.match(log, /^-r--r-----\s+1 0\s+2000/)
      assert.match(log, /s3/)
      assert.match(log, /drwxrwsrwx\s+2 0\s+2000/)
      assert.match(log, /^tmpfs 1$/m)
      assert.match(log, /-rw-r-----\n$/)
    })

    it('shows a change of a ConfigMap, and of the pod, while it runs', async () => {
      await world.createPod(
        'live',
        {
          volumes: [
            { name: 'c', configMap: { name: 'settings' } },
            { name: 'd', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
            { name: 'late', secret: { secretName: 'later', optional: true } },
          ],
          containers: [
            sh('while true; do echo $(cat /c/level /d/labels /late/x 2>/dev/null); sleep 0.1; done', {
              volumeMounts: [
                { name: 'c', mountPath: '/c' },
                { name: 'd', mountPath: '/d' },
                { name: 'late', mountPath: '/late' },
              ],
            }),
          ],
        },
        { labels: { a: '1' } },
      )
      await world.eventually('live', running)
      const shows = (text: string): Promise<void> => until(() => Promise.resolve(world.log('live').includes(text)))
      await shows('lowa="1"')
      await world.client.patch(
        ConfigMaps,
        { namespace, name: 'settings' },
        { data: { level: 'high' } },
        { type: 'merge' },
      )
      await shows('higha="1"')
      await world.client.patch(
        Pods,
        { namespace, name: 'live' },
        { metadata: { labels: { a: '2' } } },
        { type: 'merge' },
      )
      await shows('higha="2"')
      await world.client.create(Secrets, { metadata: { namespace, name: 'later' }, data: { x: 'bGF0ZXI=' } })
      await shows('higha="2"later')
    })

    it('waits for a ConfigMap that is not there, and says so', async () => {
      await world.createPod('early', {
        volumes: [{ name: 'c', configMap: { name: 'tardy' } }],
        containers: [sh('cat /c/x; sleep 1000', { volumeMounts: [{ name: 'c', mountPath: '/c' }] })],
      })
      await until(() =>
        Promise.resolve(
          world.decisions.some(
            ({ about, message }) =>
              about.name === 'early' &&
              message === 'MountVolume.SetUp failed for volume "c" : configmap "tardy" not found',
          ),
        ),
      )
      assert.equal((await world.getPod('early'))?.status.phase, 'Pending')
      await world.client.create(ConfigMaps, { metadata: { namespace, name: 'tardy' }, data: { x: 'here' } })
      await world.eventually('early', running)
    })

    it('projects several sources into one volume', async () => {
      await world.createPod('projected', {
        restartPolicy: 'Never',
        volumes: [
          {
            name: 'p',
            projected: {
              sources: [
                { configMap: { name: 'settings', items: [{ key: 'other', path: 'other' }] } },
                { secret: { name: 'keys' } },
                {
                  downwardAPI: {
                    items: [
                      { path: 'name', fieldRef: { fieldPath: 'metadata.name' } },
                      {
                        path: 'cpu',
                        resourceFieldRef: { containerName: 'app', resource: 'limits.cpu', divisor: '1m' },
                      },
                    ],
                  },
                },
                { serviceAccountToken: { path: 'token', audience: 'vault', expirationSeconds: 600 } },
              ],
            },
          },
        ],
        containers: [
          sh('cd /p; cat other name cpu; ls | tr "\\n" " "; cut -d. -f2 token', {
            resources: { limits: { cpu: '250m' } },
            volumeMounts: [{ name: 'p', mountPath: '/p' }],
          }),
        ],
      })
      const log = await logOf('projected')
      assert.match(log, /^xprojected250cpu name other token /)
      const claims = JSON.parse(Buffer.from(log.trim().split(' ').at(-1)!, 'base64url').toString()) as {
        aud: string[]
        'kubernetes.io': { pod: { name: string } }
      }
      assert.deepEqual(claims.aud, ['vault'])
      assert.equal(claims['kubernetes.io'].pod.name, 'projected')
    })

    it('mounts a part of a volume, also one that a variable names', async () => {
      await world.createPod('parts', {
        restartPolicy: 'Never',
        volumes: [
          { name: 'e', emptyDir: {} },
          { name: 'c', configMap: { name: 'settings' } },
        ],
        initContainers: [
          sh('ln -s /etc /e/out; ln -s inside /e/in; mkdir /e/inside', {
            name: 'links',
            volumeMounts: [{ name: 'e', mountPath: '/e' }],
          }),
        ],
        containers: [
          sh('echo mine > /sub/file; echo in > /in/file; cat /e/parts/file /e/inside/file /level', {
            env: [{ name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
            volumeMounts: [
              { name: 'e', mountPath: '/e' },
              { name: 'e', mountPath: '/sub', subPathExpr: '$(NAME)' },
              { name: 'e', mountPath: '/in', subPath: 'in' },
              { name: 'c', mountPath: '/level', subPath: 'other' },
            ],
          }),
        ],
      })
      assert.equal(await logOf('parts'), 'mine\nin\nx\n')
      await world.createPod('escapes', {
        volumes: [{ name: 'e', emptyDir: {} }],
        initContainers: [sh('ln -s /etc /e/out', { name: 'links', volumeMounts: [{ name: 'e', mountPath: '/e' }] })],
        containers: [sh('sleep 1000', { volumeMounts: [{ name: 'e', mountPath: '/out', subPath: 'out' }] })],
      })
      const pod = await world.eventually(
        'escapes',
        (seen) => seen.status.containerStatuses?.[0]?.state.waiting?.reason === 'CreateContainerConfigError',
      )
      assert.match(pod.status.containerStatuses?.[0]?.state.waiting?.message ?? '', /leads out of its volume/)
    })

    it('takes directories and files of the node, and checks what they are', async () => {
      const dir = `${world.dataDir}/host`
      mkdirSync(dir)
      writeFileSync(`${dir}/file`, 'from the node\n')
      await world.createPod('host', {
        restartPolicy: 'Never',
        volumes: [
          { name: 'd', hostPath: { path: dir, type: 'Directory' } },
          { name: 'n', hostPath: { path: `${dir}/new`, type: 'DirectoryOrCreate' } },
        ],
        containers: [
          sh('cat /d/file; touch /n/x; ls /d/new; touch /ro/x 2>&1; true', {
            volumeMounts: [
              { name: 'd', mountPath: '/d' },
              { name: 'n', mountPath: '/n' },
              { name: 'd', mountPath: '/ro', readOnly: true },
            ],
          }),
        ],
      })
      assert.match(await logOf('host'), /^from the node\nx\ntouch: .*Read-only/)
      await world.createPod('wrong', {
        volumes: [{ name: 'd', hostPath: { path: `${dir}/file`, type: 'Directory' } }],
        containers: [sh('sleep 1', { volumeMounts: [{ name: 'd', mountPath: '/d' }] })],
      })
      await until(() =>
        Promise.resolve(
          world.decisions.some(
            ({ about, message }) =>
              about.name === 'wrong' && message.includes(`hostPath type check failed: ${dir}/file is not a directory`),
          ),
        ),
      )
    })

    it('shows the content of an image', async () => {
      await world.createPod('image', {
        restartPolicy: 'Never',
        volumes: [{ name: 'i', image: { reference: busybox, pullPolicy: 'IfNotPresent' } }],
        containers: [
          sh('head -1 /i/etc/passwd; touch /i/x 2>&1; true', { volumeMounts: [{ name: 'i', mountPath: '/i' }] }),
        ],
      })
      assert.match(await logOf('image'), /^root:x:0:0.*\ntouch: .*Read-only/)
    })

    it('refuses claims clearly', async () => {
      await world.createPod('claims', {
        volumes: [{ name: 'p', persistentVolumeClaim: { claimName: 'x' } }],
        containers: [sh('sleep 1', { volumeMounts: [{ name: 'p', mountPath: '/p' }] })],
      })
      await until(() =>
        Promise.resolve(
          world.decisions.some(
            ({ about, message }) =>
              about.name === 'claims' && /claims of persistent volumes are not supported/.test(message),
          ),
        ),
      )
    })

    it('leaves no mount behind', async () => {
      for (const { metadata } of (await world.client.list(Pods, { namespace })).items)
        await world.client.delete(Pods, { namespace, name: metadata.name }, { gracePeriodSeconds: 1 })
      await until(async () => (await world.client.list(Pods, { namespace })).items.length === 0)
      assert.deepEqual(mountsBelow(`${world.dataDir}/pods`), [])
    })
  })
}
