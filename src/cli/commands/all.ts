import type { Command } from '../command.ts'
import { completion } from './completion.ts'
import { down } from './down.ts'
import { imageImport } from './image-import.ts'
import { kubeconfig } from './kubeconfig.ts'
import { kubectl } from './kubectl.ts'
import { status } from './status.ts'
import { test } from './test.ts'
import { up } from './up.ts'
import { version } from './version.ts'
import { why } from './why.ts'

/** Every command that a user can type, in the order of the help. */
export const commands: readonly Command[] = [
  up,
  status,
  kubectl,
  why,
  imageImport,
  kubeconfig,
  down,
  completion,
  version,
  test,
] as unknown as readonly Command[]
