import type { ApiResponse } from './api-server.ts'
import type { PathHandler } from './http/handler.ts'

/** One thing that has to be right: throws, with the reason, when it is not. */
export interface HealthCheck {
  readonly name: string
  check(): void | Promise<void>
}

/** Serves `/livez`, `/readyz` and `/healthz`, each as a whole and check by check. */
export function healthHandler(live: readonly HealthCheck[], ready: readonly HealthCheck[]): PathHandler {
  const endpoints: Readonly<Record<string, readonly HealthCheck[]>> = {
    livez: live,
    healthz: live,
    readyz: [...live, ...ready],
  }
  return ({ target, query }) => {
    const [, name = '', one, ...rest] = target.path.split('/')
    const checks = Object.hasOwn(endpoints, name) ? endpoints[name]! : undefined
    if (checks === undefined || rest.length > 0 || (target.verb !== 'get' && target.verb !== 'head')) return undefined
    const chosen = one === undefined ? checks : checks.filter((check) => check.name === one)
    if (chosen.length === 0) return undefined
    return report(name, chosen, new Set(query.getAll('exclude')), query.has('verbose'))
  }
}

async function report(
  name: string,
  checks: readonly HealthCheck[],
  excluded: ReadonlySet<string>,
  isVerbose: boolean,
): Promise<ApiResponse> {
  const lines: string[] = []
  let failed = false
  for (const { name: check, check: run } of checks) {
    if (excluded.has(check)) {
      lines.push(`[+]${check} excluded: ok`)
      continue
    }
    try {
      await run()
      lines.push(`[+]${check} ok`)
    } catch (error) {
      failed = true
      lines.push(`[-]${check} failed: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  if (failed) return text(500, `${lines.join('\n')}\n${name} check failed\n`)
  return text(200, isVerbose ? `${lines.join('\n')}\n${name} check passed\n` : 'ok')
}

export function text(status: number, body: string): ApiResponse {
  return {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-cache, private',
      'x-content-type-options': 'nosniff',
    },
    body: [Buffer.from(body)],
  }
}
