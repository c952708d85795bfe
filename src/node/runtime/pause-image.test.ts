import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pauseImageArchive, pauseImageName } from './pause-image.ts'

/** The files of a tar archive. */
function untar(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  for (let at = 0; archive[at] !== 0;) {
    const name = archive.toString('latin1', at, at + 100).replace(/\0.*$/s, '')
    const size = Number.parseInt(archive.toString('latin1', at + 124, at + 135), 8)
    files.set(name, archive.subarray(at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return files
}

describe('pauseImageArchive', () => {
  for (const [arch, architecture, machine] of [
    ['x64', 'amd64', 62],
    ['arm64', 'arm64', 183],
  ] as const) {
    it(`holds an image for ${arch} with one small program`, () => {
      const files = untar(pauseImageArchive(arch))
      const json = (name: string) => JSON.parse(files.get(name)!.toString())
      const blob = (digest: string): string => `blobs/${digest.replace(':', '/')}`
      const [described] = json('index.json').manifests
      assert.equal(described.annotations['io.containerd.image.name'], pauseImageName)
      const manifest = json(blob(described.digest))
      const config = json(blob(manifest.config.digest))
      assert.equal(config.architecture, architecture)
      assert.equal(config.rootfs.diff_ids[0], manifest.layers[0].digest)
      const program = untar(files.get(blob(manifest.layers[0].digest))!).get('pause')!
      assert.equal(program.toString('latin1', 0, 4), '\x7fELF')
      assert.equal(program.readUInt16LE(18), machine)
      assert.ok(program.length < 256)
    })
  }

  it('is the same each time', () => {
    assert.ok(pauseImageArchive('x64').equals(pauseImageArchive('x64')))
  })

  it('knows no other processors', () => {
    assert.throws(() => pauseImageArchive('mips'), /no pause program for mips/)
  })
})
