import type { Target } from './plan.ts'

/** Where HAProxy listens, and which files it reads. All of these are ours: nothing here comes from an API object. */
export interface ConfigFacts {
  readonly addresses: readonly string[]
  readonly httpPort: number
  readonly httpsPort: number
  readonly files: GatewayFiles
  /** Run without root's rights once the ports are open. */
  readonly user: string | undefined
}

export interface GatewayFiles {
  readonly config: string
  readonly hosts: string
  readonly exact: string
  readonly prefix: string
  /** Names whose TLS ends here, and `*` where TLS for all others goes on to a Service. */
  readonly tls: string
  /** Where the part that looks at names hands connections to the part that ends TLS. */
  readonly tlsSocket: string
  readonly certificateList: string
  readonly certificates: string
  readonly runtimeSocket: string
  readonly masterSocket: string
  readonly pid: string
  readonly log: string
}

/** `h7`: backends are numbered, so that no name of an API object ever stands in a configuration. */
export function slotName(slot: number): string {
  return `h${slot}`
}

/** The backend of the Service that gets TLS as it is. */
export const PASSED = 'passed'
/** The backend that is the gateway's own end of TLS. */
export const ENDED = 'ended'

/** A server's name says where it is: the same endpoint has the same name before and after a reload. */
export function serverName({ address, port }: Target): string {
  return `s_${address.replaceAll(/[^0-9a-f]/gi, '_')}_${port}`
}

/**
 * The whole configuration. Backends are made before anybody needs them, so that a new Service or Ingress is a matter of
 * maps and servers at run time; only more backends than there are, or another port, ask for a reload.
 * `passed` are endpoints that get TLS as it is; undefined when there has been nobody who wants it.
 */
export function renderConfig(
  facts: ConfigFacts,
  slots: readonly (readonly Target[])[],
  passed: readonly Target[] | undefined,
): string {
  const { files, addresses, httpPort, httpsPort, user } = facts
  const binds = (port: number, more = ''): string =>
    addresses.map((address) => `  bind ${address}:${port}${more}`).join('\n')
  const tls = ` ssl crt-list ${files.certificateList} alpn h2,http/1.1`
  return `global
  log stderr format raw local0 warning
  stats socket ${files.runtimeSocket} mode 600 level admin expose-fd listeners
  stats timeout 1m
  hard-stop-after 1h
  ssl-default-bind-options ssl-min-ver TLSv1.2
  tune.ssl.default-dh-param 2048
${user === undefined ? '' : `  user ${user}\n`}
defaults
  mode http
  log global
  option dontlognull
  option http-keep-alive
  option redispatch
  option splice-auto
  retries 3
  retry-on conn-failure empty-response response-timeout
  http-reuse safe
  balance roundrobin
  timeout connect 3s
  timeout client 5m
  timeout server 5m
  timeout queue 30s
  timeout http-request 30s
  timeout http-keep-alive 75s
  timeout client-fin 30s
  timeout tunnel 1h

frontend http
${binds(httpPort)}
${routing(files)}
${passed === undefined ? '' : renderPassing(files, binds(httpsPort), passed)}
frontend https
${passed === undefined ? binds(httpsPort, tls) : `  bind unix@${files.tlsSocket} mode 600${user === undefined ? '' : ` user ${user}`} accept-proxy${tls}`}
  http-request set-header X-Forwarded-Proto https
${routing(files, passed === undefined ? '' : misdirected(files))}
backend nothing
  http-request return status 404 content-type "text/plain; charset=utf-8" string "Nothing is served here by that name. See: wherry why ingress/NAME\\n"

${slots.map((targets, slot) => renderBackend(slot, targets)).join('\n')}`
}

/**
 * From the most to the least particular: the host itself, its wildcard, all others; then the path exactly, then the
 * longest prefix by elements. Maps do it in one look-up each, however many rules there are.
 */
function routing({ hosts, exact, prefix }: GatewayFiles, more = ''): string {
  return `  option forwardfor
  http-request disable-l7-retry unless METH_GET
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Forwarded-Port %[dst_port]
  http-request set-header X-Forwarded-Proto http unless { ssl_fc }
  http-request set-header X-Real-IP %[src]
  http-request set-var(txn.name) req.hdr(host),host_only,lower
  http-request set-var(txn.host) var(txn.name),map_str(${hosts})
  http-request set-var(txn.wild) var(txn.name),regsub(^[^.]+,*) unless { var(txn.host) -m found }
  http-request set-var(txn.host) var(txn.wild),map_str(${hosts}) unless { var(txn.host) -m found }
  http-request set-var(txn.host) str(*),map_str(${hosts}) unless { var(txn.host) -m found }
  http-request set-var(txn.path) path
  http-request set-var(txn.backend) var(txn.host),concat(,txn.path),map_str(${exact})
  http-request set-var(txn.backend) var(txn.host),concat(,txn.path,/),map_beg(${prefix}) unless { var(txn.backend) -m found }
${more}  use_backend %[var(txn.backend)] if { var(txn.backend) -m found }
  default_backend nothing
`
}

/**
 * Looks at the name in the client's first message, without which nothing is sent on. What ends here takes one more step
 * inside HAProxy, which carries the client's address along; without a Service that wants the rest that step is not made.
 */
function renderPassing({ tls, tlsSocket }: GatewayFiles, binds: string, passed: readonly Target[]): string {
  const name = 'req.ssl_sni,lower'
  const lookUp = (key: string): string =>
    `  use_backend %[${key},map_str(${tls})] if { ${key},map_str(${tls}) -m found }`
  return `frontend tls
  mode tcp
${binds}
  tcp-request inspect-delay 5s
  tcp-request content accept if { req.ssl_hello_type 1 }
${[name, `${name},regsub(^[^.]+,*)`, 'str(*)'].map(lookUp).join('\n')}
  default_backend ${ENDED}

backend ${ENDED}
  mode tcp
  retry-on conn-failure
  server here unix@${tlsSocket} send-proxy-v2

backend ${PASSED}
  mode tcp
  retry-on conn-failure
${renderServers(passed)}`
}

/**
 * A client may ask for a second host on a connection whose certificate is good for it too (RFC 9113, 9.1.1). If that
 * host's TLS ends elsewhere it has to be told to open a connection of its own (RFC 9110, 15.5.20).
 */
function misdirected({ tls }: GatewayFiles): string {
  const isElsewhere = [
    `{ str(*),map_str(${tls}) -m found }`,
    `!{ var(txn.name),map_str(${tls}) -m found }`,
    `!{ var(txn.name),regsub(^[^.]+,*),map_str(${tls}) -m found }`,
  ]
  return `  http-request return status 421 if ${isElsewhere.join(' ')}\n`
}

function renderBackend(slot: number, targets: readonly Target[]): string {
  return `backend ${slotName(slot)}\n${renderServers(targets)}`
}

function renderServers(targets: readonly Target[]): string {
  return targets.map((target) => `  server ${serverName(target)} ${target.address}:${target.port}\n`).join('')
}
