import { response } from './http/respond.ts'
import type { PathHandler } from './http/handler.ts'

/** The version of the API with that of the platform. */
export function versionOf(release: string): string {
  return `v1.36.0+wherry.${release}`
}

/** Serves `/version`: which release of the API this is, and which of the platform behind the plus sign. */
export function versionHandler(release: string): PathHandler {
  const info = {
    major: '1',
    minor: '36',
    gitVersion: versionOf(release),
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: `node ${process.version}`,
    compiler: 'v8',
    platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
  }
  const body = Buffer.from(JSON.stringify(info, undefined, 2))
  return ({ target }) => {
    const isMine = target.path === '/version' && (target.verb === 'get' || target.verb === 'head')
    return isMine ? response(200, 'application/json', [body]) : undefined
  }
}
