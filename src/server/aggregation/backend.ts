import type { APIService } from '../../api/apiregistration/v1.ts'
import { Services } from '../../api/core/service.ts'
import { WherryError } from '../../lib/errors.ts'
import type { Random } from '../../lib/random.ts'
import type { ObjectReader } from '../admission/admission.ts'
import { Identity } from '../authn/identity.ts'
import { endpointOf } from '../streams/destination.ts'
import type { Destination } from '../streams/node-connection.ts'
import { identityHeaders } from './front-proxy.ts'
import type { FrontProxy } from './front-proxy.ts'

export interface BackendOptions {
  readonly reader: ObjectReader
  readonly random: Random
  readonly frontProxy: () => FrontProxy | undefined
}

/** This server, where it asks for itself. */
const AGGREGATOR = Identity.of('system:kube-aggregator', ['system:masters'])

/** Where a request for a version goes, and what is said of who asks: the server itself when nobody else does. */
export function backendDestination(
  { reader, random, frontProxy }: BackendOptions,
  { spec }: APIService,
  identity: Identity = AGGREGATOR,
  path: string,
): Destination {
  const proxy = frontProxy()
  if (proxy === undefined) {
    throw new WherryError('unavailable', 'the server has no certificate for the servers that stand behind it', {
      hint: '`wherry up` makes it',
    })
  }
  const { namespace = '', name = '', port = 443 } = spec.service!
  const { caBundle = '', insecureSkipTLSVerify } = spec
  return {
    protocol: 'https',
    ...placeOf(reader, random, { namespace, name, port }),
    path,
    tls: {
      ...proxy,
      servername: `${name}.${namespace}.svc`,
      ...(insecureSkipTLSVerify === true ? { rejectUnauthorized: false } : {}),
      ...(caBundle === '' ? {} : { ca: Buffer.from(caBundle, 'base64').toString('latin1') }),
    },
    headers: identityHeaders(identity),
    isFresh: true,
  }
}

function placeOf(
  reader: ObjectReader,
  random: Random,
  { namespace, name, port }: { readonly namespace: string; readonly name: string; readonly port: number },
): { readonly host: string; readonly port: number } {
  const service = reader.get(Services, { namespace, name })
  if (service?.spec.type === 'ExternalName' && service.spec.externalName) {
    return { host: service.spec.externalName, port }
  }
  return endpointOf({ objects: reader, random }, { namespace, name, port: String(port) })
}
