import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { digestOf, type LayerFile, layoutFiles, writeArchive, writeTar } from './archive.ts'
import { run } from './run.ts'

const layer: LayerFile = { path: '/nowhere', sha256: 'ab'.repeat(32), size: 1024 }
const image = {
  names: ['registry.test/one:v1', 'registry.test:5000/two:v2'],
  config: { command: ['serve'], env: { COLOUR: 'blue' }, ports: ['80/tcp'] },
  layers: [layer],
}

describe('layoutFiles', () => {
  it('names every blob by the digest of its content', () => {
    const blobs = Object.entries(layoutFiles(image)).filter(([path]) => path.startsWith('blobs/'))
    assert.equal(blobs.length, 2)
    for (const [path, text] of blobs) {
      assert.equal(path, `blobs/sha256/${createHash('sha256').update(text).digest('hex')}`)
    }
  })

  it('lists each name once in the index, with the whole reference for containerd and the tag for others', () => {
    const index = JSON.parse(layoutFiles(image)['index.json'] ?? '') as {
      manifests: { annotations: Record<string, string> }[]
    }
    assert.deepEqual(
      index.manifests.map(({ annotations }) => Object.values(annotations)),
      [
        ['registry.test/one:v1', 'v1'],
        ['registry.test:5000/two:v2', 'v2'],
      ],
    )
  })

  it('keeps the usual PATH beside the variables of the image', () => {
    const files = layoutFiles(image)
    const [{ Config, Layers }] = JSON.parse(files['manifest.json'] ?? '') as [{ Config: string; Layers: string[] }]
    const { config, rootfs } = JSON.parse(files[Config] ?? '') as {
      config: { Env: string[]; Cmd: string[]; Entrypoint?: string[] }
      rootfs: { diff_ids: string[] }
    }
    assert.match(config.Env[0] ?? '', /^PATH=.*\/bin/)
    assert.equal(config.Env[1], 'COLOUR=blue')
    assert.deepEqual([config.Cmd, config.Entrypoint], [['serve'], undefined])
    assert.deepEqual(rootfs.diff_ids, [`sha256:${layer.sha256}`])
    assert.deepEqual(Layers, [`blobs/sha256/${layer.sha256}`])
  })
})

describe('writeTar', () => {
  it('gives the same bytes for the same content, whenever the files were made', async (t) => {
    const folder = await workFolder(t)
    const digests = []
    for (const name of ['first', 'second']) {
      const root = join(folder, name)
      await mkdir(join(root, 'etc'), { recursive: true })
      await writeFile(join(root, 'etc', 'motd'), 'hello\n')
      await symlink('motd', join(root, 'etc', 'issue'))
      digests.push((await writeTar(root, join(folder, `${name}.tar`))).sha256)
    }
    assert.equal(digests[0], digests[1])
  })
})

describe('writeArchive', () => {
  it('packs the layers beside the files of the layout', async (t) => {
    const folder = await workFolder(t)
    const root = join(folder, 'root')
    await mkdir(root)
    await writeFile(join(root, 'hello'), 'hello\n')
    const packed = await writeTar(root, join(folder, 'layer.tar'))

    const file = join(folder, 'image.tar')
    await writeArchive(file, { names: ['registry.test/hello:v1'], layers: [packed] })

    assert.match(await run('tar', ['--list', `--file=${file}`]), /^index\.json$/m)
    await run('tar', ['--extract', `--file=${file}`, `--directory=${folder}`])
    assert.equal((await digestOf(join(folder, 'blobs', 'sha256', packed.sha256))).sha256, packed.sha256)
    assert.deepEqual(JSON.parse(await readFile(join(folder, 'oci-layout'), 'utf8')), { imageLayoutVersion: '1.0.0' })
  })
})

async function workFolder(t: { after(fn: () => Promise<void>): void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wherry-archive-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}
