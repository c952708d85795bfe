import { homedir } from 'node:os'
import { join } from 'node:path'

/** A folder for what tests build once and use again, outside the repository. */
export function cacheFolder(name: string, env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'wherry', name)
}
