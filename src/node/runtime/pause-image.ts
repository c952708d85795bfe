import { createHash } from 'node:crypto'
import { WherryError } from '../../lib/errors.ts'

/** The name under which the image of pod sandboxes is imported. */
export const pauseImageName = 'wherry.dev/pause:1'

/**
 * An OCI archive of the image that holds a pod's namespaces: one static program of a few dozen instructions that lets
 * the kernel reap its children and waits forever. Made here, so that no registry is needed.
 */
export function pauseImageArchive(arch: string = process.arch): Buffer {
  const architecture = { x64: 'amd64', arm64: 'arm64' }[arch]
  if (architecture === undefined) throw new WherryError('invalid', `There is no pause program for ${arch}`)
  const layer = tar([{ path: 'pause', mode: 0o555, data: pauseProgram(arch) }])
  const config = json({
    architecture,
    os: 'linux',
    config: { Entrypoint: ['/pause'], WorkingDir: '/', User: '65535:65535' },
    rootfs: { type: 'layers', diff_ids: [digest(layer)] },
  })
  const manifest = json({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: [descriptor('application/vnd.oci.image.layer.v1.tar', layer)],
  })
  const index = json({
    schemaVersion: 2,
    manifests: [
      {
        ...descriptor('application/vnd.oci.image.manifest.v1+json', manifest),
        annotations: { 'io.containerd.image.name': pauseImageName, 'org.opencontainers.image.ref.name': '1' },
        platform: { architecture, os: 'linux' },
      },
    ],
  })
  const blob = (data: Buffer): TarFile => ({ path: `blobs/sha256/${digest(data).slice(7)}`, mode: 0o644, data })
  return tar([
    { path: 'oci-layout', mode: 0o644, data: json({ imageLayoutVersion: '1.0.0' }) },
    { path: 'index.json', mode: 0o644, data: index },
    blob(layer),
    blob(config),
    blob(manifest),
  ])
}

/**
 * The program: `rt_sigaction(SIGCHLD, {SIG_IGN})`, then `pause()` (x64) or `ppoll(NULL, 0, NULL, NULL, 0)` (arm64)
 * again and again. As process 1 of a pod it ignores SIGTERM; the runtime ends sandboxes with SIGKILL.
 */
function pauseProgram(arch: string): Buffer {
  const code = arch === 'x64' ? x64Code() : arm64Code()
  const ignore = Buffer.alloc(32)
  ignore[0] = 1 // SIG_IGN
  const base = 0x400000
  const headers = 64 + 56
  const size = headers + code.length + ignore.length
  const elf = Buffer.alloc(headers)
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  elf.writeUInt16LE(2, 16) // an executable
  elf.writeUInt16LE(arch === 'x64' ? 62 : 183, 18)
  elf.writeUInt32LE(1, 20)
  elf.writeBigUInt64LE(BigInt(base + headers), 24) // entry
  elf.writeBigUInt64LE(64n, 32) // program headers
  elf.writeUInt16LE(64, 52)
  elf.writeUInt16LE(56, 54)
  elf.writeUInt16LE(1, 56)
  elf.writeUInt32LE(1, 64) // PT_LOAD
  elf.writeUInt32LE(5, 68) // readable and executable
  elf.writeBigUInt64LE(BigInt(base), 80)
  elf.writeBigUInt64LE(BigInt(base), 88)
  elf.writeBigUInt64LE(BigInt(size), 96)
  elf.writeBigUInt64LE(BigInt(size), 104)
  elf.writeBigUInt64LE(0x10000n, 112)
  return Buffer.concat([elf, code, ignore])
}

/** The structure that says SIG_IGN follows the code: it is addressed relative to the instruction. */
function x64Code(): Buffer {
  const instructions = [
    'b80d000000', // mov eax, rt_sigaction
    'bf11000000', // mov edi, SIGCHLD
    '488d3513000000', // lea rsi, [rip + 19]
    '31d2', // xor edx, edx
    '41ba08000000', // mov r10d, 8
    '0f05', // syscall
    'b822000000', // mov eax, pause
    '0f05', // syscall
    'ebf7', // jmp to the mov
  ]
  return Buffer.from(instructions.join(''), 'hex')
}

function arm64Code(): Buffer {
  const mov = (register: number, value: number): number => (0xd2800000 | (value << 5) | register) >>> 0
  const svc = 0xd4000001
  const words = [
    mov(8, 134), // rt_sigaction
    mov(0, 17), // SIGCHLD
    0x10000001 | (13 << 5), // adr x1, 13 instructions on
    mov(2, 0),
    mov(3, 8),
    svc,
    mov(8, 73), // ppoll
    mov(0, 0),
    mov(1, 0),
    mov(2, 0),
    mov(3, 0),
    mov(4, 0),
    svc,
    (0x14000000 | (-7 & 0x3ffffff)) >>> 0, // b to ppoll
    0xd503201f, // nop
  ]
  const code = Buffer.alloc(words.length * 4)
  words.forEach((word, i) => code.writeUInt32LE(word, i * 4))
  return code
}

interface TarFile {
  readonly path: string
  readonly mode: number
  readonly data: Buffer
}

function tar(files: readonly TarFile[]): Buffer {
  const parts: Buffer[] = []
  for (const { path, mode, data } of files) {
    const header = Buffer.alloc(512)
    header.write(path, 0, 100)
    header.write(mode.toString(8).padStart(7, '0'), 100)
    header.write('0000000', 108)
    header.write('0000000', 116)
    header.write(data.length.toString(8).padStart(11, '0'), 124)
    header.write('00000000000', 136)
    header.write('        ', 148)
    header.write('0', 156)
    header.write('ustar\u000000', 257, 'latin1')
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(sum.toString(8).padStart(6, '0') + '\0 ', 148)
    parts.push(header, data, Buffer.alloc((512 - (data.length % 512)) % 512))
  }
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

function digest(data: Buffer): string {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`
}

function descriptor(mediaType: string, data: Buffer): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest: digest(data), size: data.length }
}
