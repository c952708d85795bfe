import type { WebhookClientConfig } from '../../../api/admissionregistration/v1.ts'
import { WherryError } from '../../../lib/errors.ts'
import type { Random } from '../../../lib/random.ts'
import { endpointOf } from '../../streams/destination.ts'
import { reasonOf } from '../../streams/forward.ts'
import type { ObjectReader } from '../admission.ts'

/** Sends a question to a hook and answers with the text that comes back; throws when there is none in time. */
export type CallHook = (client: WebhookClientConfig, body: string, timeoutMs: number) => Promise<string>

/** No answer of a hook is larger than the largest object and its patch. */
const ANSWER_BYTES_MAX = 8 * 1024 * 1024

/** Calls hooks over TLS: at their URL, or at one of the endpoints of their Service. */
export function hookCaller(objects: ObjectReader, random: Random): CallHook {
  return async (client, body, timeoutMs) => {
    const url = urlOf(client)
    try {
      const where = placeOf(client, objects, random)
      return await post({ where, body, timeoutMs, ca: authorities(client) })
    } catch (cause) {
      const why = reasonOf(cause as Error)
      throw new WherryError('internal', `Post "${url}?timeout=${seconds(timeoutMs)}": ${why}`, { cause })
    }
  }
}

/** White space alone, as generated manifests have it, stands for none. */
function authorities({ caBundle = '' }: WebhookClientConfig): string | undefined {
  const text = Buffer.from(caBundle, 'base64').toString('latin1').trim()
  return text === '' ? undefined : text
}

/** What a hook is called in messages. */
function urlOf({ url, service }: WebhookClientConfig): string {
  if (url !== undefined) return url
  const { namespace, name, port = 443, path } = service!
  return `https://${name}.${namespace}.svc:${port}${path || '/'}`
}

interface Place {
  readonly host: string
  readonly port: number
  readonly path: string
  readonly servername: string
}

function placeOf({ url, service }: WebhookClientConfig, objects: ObjectReader, random: Random): Place {
  if (url !== undefined) {
    const { hostname, port, pathname, search } = new URL(url)
    return { host: hostname, port: Number(port || 443), path: pathname + search, servername: hostname }
  }
  const { namespace, name, port = 443, path } = service!
  const place = endpointOf({ objects, random }, { namespace, name, port: String(port) })
  return { ...place, path: path || '/', servername: `${name}.${namespace}.svc` }
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)}s`

interface Post {
  readonly where: Place
  readonly body: string
  readonly timeoutMs: number
  readonly ca: string | undefined
}

async function post({ where, body, timeoutMs, ca }: Post): Promise<string> {
  // Loaded when first needed: most clusters have no hooks, and each start would pay for it.
  const { request } = await import('node:https')
  const signal = AbortSignal.timeout(timeoutMs)
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      const why = signal.aborted ? 'context deadline exceeded' : error.message
      reject(new WherryError('internal', why, { cause: error }))
    }
    const sent = request(
      {
        ...where,
        path: `${where.path}${where.path.includes('?') ? '&' : '?'}timeout=${seconds(timeoutMs)}`,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          host: where.servername,
          'content-length': Buffer.byteLength(body),
        },
        ...(ca === undefined ? {} : { ca }),
        signal,
        agent: false,
      },
      (answer) => {
        const chunks: Buffer[] = []
        let size = 0
        answer.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > ANSWER_BYTES_MAX) sent.destroy(new Error('the answer is too large'))
          else chunks.push(chunk)
        })
        answer.on('error', fail)
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          const { statusCode = 0 } = answer
          if (statusCode >= 200 && statusCode < 300) resolve(text)
          else
            fail(
              new Error(
                `an error on the server (${JSON.stringify(text.slice(0, 200))}) has prevented the request from succeeding`,
              ),
            )
        })
      },
    )
    sent.on('error', fail)
    sent.end(body)
  })
}
