import { FunctionTable } from '../functions.ts'
import type { Functions } from '../functions.ts'
import { STRING } from '../types.ts'
import { traversal } from './cost.ts'

/** For whoever makes a JSON patch. */
export function jsonPatchLibrary(): Functions {
  return new FunctionTable().global(
    'jsonpatch.escapeKey',
    'string_jsonpatch_escapeKey_string',
    [STRING],
    STRING,
    ([key]) => (key as string).replaceAll('~', '~0').replaceAll('/', '~1'),
    traversal(),
  ).functions
}
