import type { Clock } from '../lib/clock.ts'
import type { Recorder } from '../lib/decisions.ts'
import type { Logger } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import type { Store } from '../store/store.ts'
import type { ObjectReader } from './admission/admission.ts'
import type { FrontProxy } from './aggregation/front-proxy.ts'
import { keepLocalServices } from './aggregation/local-services.ts'
import { nodeRestriction } from './admission/node-restriction.ts'
import { admissionPlugins } from './admission/plugins.ts'
import { mutatingPolicies, validatingPolicies } from './admission/policies/policies.ts'
import { resourceQuota } from './admission/resource-quota.ts'
import { hookCaller } from './admission/webhooks/call.ts'
import { mutatingWebhooks, validatingWebhooks } from './admission/webhooks/webhooks.ts'
import type { ApiServer } from './api-server.ts'
import { createApiServer } from './api-server.ts'
import { createAuthenticator } from './authn/authenticator.ts'
import { Identity } from './authn/identity.ts'
import { ServiceAccountTokens } from './authn/service-account-tokens.ts'
import { authorizeBy, firstOf, mastersAuthorizer } from './authz/authorize.ts'
import { escalationGuard } from './authz/escalation.ts'
import { nodeAuthorizer } from './authz/node-authorizer.ts'
import { Rbac } from './authz/rbac.ts'
import { reconcileDefaults } from './authz/reconcile-defaults.ts'
import { bootstrapObjects } from './bootstrap/bootstrap.ts'
import { DecisionJournal } from './decisions/journal.ts'
import { DecisionRing } from './decisions/ring.ts'
import { expireEvents } from './rest/event-expiry.ts'
import { objectReader } from './rest/object-reader.ts'
import { statusWriter } from './rest/status-writer.ts'
import type { PortRange } from './services/node-ports.ts'
import { repairRanges } from './services/repair.ts'
import type { NodeClientTls } from './streams/node-connection.ts'

export interface AssembleOptions {
  /** Its owner closes it, after the server. */
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly release: string
  /** PEM keys for the tokens of ServiceAccounts: the first signs, all are believed. */
  readonly tokenKeys: readonly [string, ...string[]]
  /** Who tokens say they are from: an https URL. */
  readonly issuer: string
  readonly serviceRange?: string
  readonly nodePorts?: PortRange
  /** Where clients reach this server. */
  readonly advertise?: { readonly address: string; readonly port: number }
  /** PEM: the authority of client certificates. */
  readonly clientCa?: string
  /** How the server shows itself to servers that stand behind it; PEM. */
  readonly frontProxy?: { readonly ca: string; readonly name: string; readonly read: () => FrontProxy }
  /** Where decisions are kept over a restart. */
  readonly decisionsPath?: string
  /** How the server shows itself to the agents of nodes, for logs and exec; asked for each connection. */
  readonly nodeClientTls?: () => NodeClientTls
}

/** A server with everything that a cluster's server has, its default objects made. */
export interface AssembledServer {
  readonly api: ApiServer
  readonly objects: ObjectReader
  /** Where components in this process put their decisions. */
  readonly recorder: Recorder
  /** For components in this process that may do everything. */
  readonly master: Identity
  close(): Promise<void>
}

/** Wires authentication, authorization, admission and storage the one way in which a cluster has them. */
export async function assembleServer(options: AssembleOptions): Promise<AssembledServer> {
  const { store, clock, random, log, release, advertise, frontProxy, serviceRange = '10.96.0.0/16' } = options
  const objects = objectReader(store)
  const rbac = new Rbac(objects)
  const nodes = nodeAuthorizer(objects)
  const authorizer = firstOf([mastersAuthorizer, nodes.authorizer, rbac.authorizer])
  const [signingKey, ...formerKeys] = options.tokenKeys
  const tokens = new ServiceAccountTokens({ signingKey, formerKeys, issuer: options.issuer, objects, clock })
  const authenticator = createAuthenticator({ tokens, objects, clock, authorizer })
  const ring = new DecisionRing()
  const journal =
    options.decisionsPath === undefined
      ? undefined
      : await DecisionJournal.open({ path: options.decisionsPath, ring, clock, log })
  const recorder = journal ?? ring
  const callHook = hookCaller(objects, random)
  const webhooks = { reader: objects, call: callHook, authorizer, random, log }
  const policies = { reader: objects, authorizer, kinds: () => api.kinds }
  const [mutatingPolicy, mutatingPolicyAgain] = mutatingPolicies(policies)
  const api: ApiServer = createApiServer({
    store,
    clock,
    random,
    log,
    release,
    serviceRange,
    authenticate: authenticator.authenticate,
    authorize: authorizeBy(authorizer),
    admission: [
      ...admissionPlugins({ reader: objects, authorizer, clock, random }),
      nodeRestriction(objects),
      escalationGuard(rbac, authorizer),
      mutatingPolicy,
      mutatingWebhooks(webhooks),
      mutatingPolicyAgain,
      validatingPolicies(policies),
      validatingWebhooks(webhooks),
      // The last of all: what it charges, nobody else should refuse.
      resourceQuota(objects, clock, statusWriter(store)),
    ],
    reviews: { authorizer, rbac, authenticator },
    tokens,
    decisions: { ring, recorder },
    callHook,
    ...(options.nodePorts === undefined ? {} : { nodePorts: options.nodePorts }),
    ...(advertise === undefined ? {} : { serverAddress: () => `${advertise.address}:${advertise.port}` }),
    ...(options.nodeClientTls === undefined ? {} : { nodeClientTls: options.nodeClientTls }),
    ...(frontProxy === undefined ? {} : { frontProxy: frontProxy.read }),
  })
  const master = Identity.of('system:apiserver', ['system:masters', 'system:authenticated'])
  const own = api.as(master)
  await repairRanges(store, objects)
  await bootstrapObjects(own, {
    serviceRange,
    ...(advertise === undefined ? {} : { advertise }),
    ...(options.clientCa === undefined ? {} : { clientCa: options.clientCa }),
    ...(frontProxy === undefined ? {} : { frontProxy }),
  })
  await reconcileDefaults(own)
  // Nobody who starts waits for it.
  const localServices = keepLocalServices({ reader: objects, api: own, log })
  const stopExpiry = expireEvents(store, clock)
  return {
    api,
    objects,
    recorder,
    master,
    async close() {
      stopExpiry()
      const stopServices = await localServices
      stopServices()
      await api.close()
      nodes.close()
      await journal?.flush()
    },
  }
}
