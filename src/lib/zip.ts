import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { inflateRawSync } from 'node:zlib'
import { WherryError } from './errors.ts'

/** One file of a zip archive, unpacked; undefined when the archive has no such name. Stored and deflated members only (APPNOTE 4.4.5). */
export function readZipMember(archive: string, name: string): Buffer | undefined {
  const fd = openSync(archive, 'r')
  try {
    const read = (position: number, length: number): Buffer => {
      const buffer = Buffer.alloc(length)
      if (readSync(fd, buffer, 0, length, position) !== length)
        throw new WherryError('invalid', `${archive} ends too early`)
      return buffer
    }
    const size = fstatSync(fd).size
    const tailLength = Math.min(size, 22 + 0xffff)
    const tail = read(size - tailLength, tailLength)
    const end = tail.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'))
    if (end < 0) throw new WherryError('invalid', `${archive} is not a zip archive`)
    const directory = read(tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12))
    for (let at = 0; at < directory.length;) {
      const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
        directory.readUInt16LE(at + offset),
      ) as [number, number, number]
      if (directory.toString('utf8', at + 46, at + 46 + nameLength) === name) {
        const packed = directory.readUInt32LE(at + 20)
        const header = directory.readUInt32LE(at + 42)
        const local = read(header, 30)
        const data = read(header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28), packed)
        return directory.readUInt16LE(at + 10) === 0 ? data : inflateRawSync(data)
      }
      at += 46 + nameLength + extraLength + commentLength
    }
    return undefined
  } finally {
    closeSync(fd)
  }
}
