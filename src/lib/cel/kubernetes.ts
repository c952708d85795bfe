import { FunctionTable } from './functions.ts'
import type { Functions } from './functions.ts'
import { authorizerLibrary } from './library/authorizer.ts'
import { formatLibrary } from './library/formats.ts'
import { ipLibrary } from './library/ip.ts'
import { listLibrary } from './library/lists.ts'
import { optionalLibrary } from './library/optionals.ts'
import { quantityLibrary } from './library/quantity.ts'
import { semverLibrary } from './library/semver.ts'
import { standardLibrary } from './library/standard.ts'
import { stringLibrary } from './library/strings.ts'
import { urlLibrary } from './library/urls.ts'

/** All functions that expressions in Kubernetes v1.36 have. */
export const kubernetesFunctions: Functions = FunctionTable.join(
  standardLibrary(),
  optionalLibrary(),
  stringLibrary(),
  listLibrary(),
  urlLibrary(),
  ipLibrary(),
  quantityLibrary(),
  semverLibrary(),
  formatLibrary(),
  authorizerLibrary(),
)

/** What one expression may cost, and all expressions of one object or request together. */
export const CALL_COST_MAX = 1_000_000
export const TOTAL_COST_MAX = 10_000_000
