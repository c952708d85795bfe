import type { Problems } from '../meta/problems.ts'
import { within } from '../meta/validate-numbers.ts'

interface HookClient {
  readonly url?: string
  readonly service?: {
    readonly namespace: string
    readonly name: string
    readonly path?: string
    readonly port?: number
  }
}

/** Checks where a hook is to be called. */
export function validateHookClient({ url, service }: HookClient, field: string, problems: Problems): void {
  if ((url === undefined) === (service === undefined)) {
    problems.required(field, 'exactly one of url or service is required')
    return
  }
  if (url !== undefined) validateUrl(url, `${field}.url`, problems)
  if (service === undefined) return
  const { port, path } = service
  if (port !== undefined && (port < 1 || port > 65535)) {
    problems.invalid(`${field}.service.port`, port, `port is not valid: ${within(1, 65535)}`)
  }
  if (path !== undefined && path !== '' && !path.startsWith('/')) {
    problems.invalid(`${field}.service.path`, path, "must start with a '/'")
  }
}

function validateUrl(text: string, field: string, problems: Problems): void {
  const example = '; desired format: https://host[/path]'
  if (!URL.canParse(text)) {
    problems.required(field, `url must be a valid URL: ${text}${example}`)
    return
  }
  const { protocol, host, username, search, hash } = new URL(text)
  if (protocol !== 'https:') {
    problems.invalid(field, protocol.slice(0, -1), `'https' is the only allowed URL scheme${example}`)
  }
  if (host === '') problems.invalid(field, host, `host must be specified${example}`)
  if (username !== '') problems.invalid(field, username, `user information is not permitted in the URL`)
  if (hash !== '') problems.invalid(field, hash.slice(1), 'fragments are not permitted in the URL')
  if (search !== '') problems.invalid(field, search.slice(1), 'query parameters are not permitted in the URL')
}
