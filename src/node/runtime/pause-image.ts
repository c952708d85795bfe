import { WherryError } from '../../lib/errors.ts'
import { ociArchive, tar } from './oci-archive.ts'

/** The name under which the image of pod sandboxes is imported. */
export const pauseImageName = 'wherry.dev/pause:1'

/**
 * An OCI archive of the image that holds a pod's namespaces: one static program of a few dozen instructions that lets
 * the kernel reap its children and waits forever. Made here, so that no registry is needed.
 */
export function pauseImageArchive(arch: string = process.arch): Buffer {
  const architecture = { x64: 'amd64', arm64: 'arm64' }[arch]
  if (architecture === undefined) throw new WherryError('invalid', `There is no pause program for ${arch}`)
  return ociArchive({
    name: pauseImageName,
    architecture,
    layer: tar([{ path: 'pause', mode: 0o555, data: pauseProgram(arch) }]),
    config: { Entrypoint: ['/pause'], WorkingDir: '/', User: '65535:65535' },
  })
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
