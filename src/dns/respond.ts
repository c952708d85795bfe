import { decode, encode } from 'dns-packet'
import type { Answer, Packet } from 'dns-packet'
import type { Upstream } from './upstream.ts'
import {
  answerFromZone,
  answerReverse,
  authorityOf,
  type ClusterNames,
  isInZone,
  type ResourceRecord,
  type ZoneAnswer,
} from './zone.ts'

export interface Resolver {
  readonly names: ClusterNames
  readonly domain: string
  readonly upstream: Upstream
}

const QR_AA = 1 << 10
const TC = 1 << 9
const RD = 1 << 8
const RA = 1 << 7
const RCODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const

/** What fits into one UDP datagram on any path when the client says nothing, and at most (RFC 1035, RFC 9715). */
const UDP_BYTES_DEFAULT = 512
const UDP_BYTES_MAX = 1232

/** Answers one DNS message; undefined for what is no question at all (RFC 1035, 4.1). `bytesMax` is the transport's limit. */
export async function respond(
  query: Buffer,
  resolver: Resolver,
  transport: 'udp' | 'tcp',
): Promise<Buffer | undefined> {
  // A header alone tells who asks; an answer must never be answered, or two servers talk for ever.
  if (query.length < 12 || (query[2]! & 0x80) !== 0) return undefined
  let packet: Packet
  try {
    packet = decode(query) as Packet
  } catch {
    return failure(query, RCODES.FORMERR)
  }
  if (((query[2]! >> 3) & 0x0f) !== 0) return failure(query, RCODES.NOTIMP)
  const [question, ...more] = packet.questions ?? []
  if (question === undefined || more.length > 0 || (question.class ?? 'IN') !== 'IN')
    return failure(query, RCODES.FORMERR)

  const name = question.name.toLowerCase().replace(/\.$/, '')
  const { domain, names, upstream } = resolver
  const local = isInZone(name, domain)
    ? answerFromZone(names, domain, name, question.type)
    : question.type === 'PTR'
      ? answerReverse(names, domain, name)
      : undefined
  if (local === undefined) {
    const edns = packet.additionals?.some(({ type }) => type === 'OPT') ? 'e' : ''
    return fitted(
      (await upstream.ask(query, `${question.type} ${name} ${edns}`)) ?? failure(query, RCODES.SERVFAIL),
      packet,
      transport,
    )
  }
  const answer =
    local.external === undefined
      ? local
      : { ...local, answers: [...local.answers, ...(await outside(local.external, question.type, upstream))] }
  return fitted(encodeAnswer(packet, answer, domain), packet, transport)
}

/** The records of a name outside the cluster to which an ExternalName leads. */
async function outside(name: string, type: string, upstream: Upstream): Promise<readonly ResourceRecord[]> {
  const query = encode({ type: 'query', id: 1, flags: RD, questions: [{ type: type as 'A', name }] })
  const answer = await upstream.ask(query, `${type} ${name} `)
  if (answer === undefined) return []
  try {
    return (decode(answer).answers ?? []).filter(
      ({ type: kind }) => kind !== 'OPT',
    ) as unknown as readonly ResourceRecord[]
  } catch {
    return []
  }
}

function encodeAnswer(packet: Packet, answer: ZoneAnswer, domain: string): Buffer {
  const edns = packet.additionals?.find(({ type }) => type === 'OPT')
  return encode({
    id: packet.id ?? 0,
    type: 'response',
    flags: QR_AA | RA | ((packet.flags ?? 0) & RD) | RCODES[answer.rcode],
    questions: packet.questions ?? [],
    answers: rotated(answer.answers) as Answer[],
    authorities: answer.answers.length === 0 ? [authorityOf(domain) as Answer] : [],
    additionals: [
      ...(answer.additionals as Answer[]),
      ...(edns === undefined
        ? []
        : [
            {
              type: 'OPT',
              name: '.',
              udpPayloadSize: UDP_BYTES_MAX,
              extendedRcode: 0,
              ednsVersion: 0,
              flags: 0,
              flag_do: false,
              options: [],
            } as Answer,
          ]),
    ],
  })
}

let turn = 0

/** Clients take the first address, so each answer begins with another one. An alias stays before what it leads to. */
function rotated(answers: readonly ResourceRecord[]): readonly ResourceRecord[] {
  if (answers.length < 2 || answers.some(({ type }) => type === 'CNAME')) return answers
  const start = turn++ % answers.length
  return [...answers.slice(start), ...answers.slice(0, start)]
}

/** Cuts an answer that a datagram cannot hold down to its question and says so: the client then asks by TCP. */
function fitted(answer: Buffer, packet: Packet, transport: 'udp' | 'tcp'): Buffer {
  if (transport === 'tcp') return answer
  const edns = packet.additionals?.find(({ type }) => type === 'OPT') as { udpPayloadSize?: number } | undefined
  const bytesMax = Math.min(Math.max(edns?.udpPayloadSize ?? UDP_BYTES_DEFAULT, UDP_BYTES_DEFAULT), UDP_BYTES_MAX)
  if (answer.length <= bytesMax) return answer
  const flags = answer.readUInt16BE(2) & 0x7fff
  return encode({ id: packet.id ?? 0, type: 'response', flags: flags | TC, questions: packet.questions ?? [] })
}

function failure(query: Buffer, rcode: number): Buffer {
  const header = Buffer.alloc(12)
  query.copy(header, 0, 0, 4)
  header[2] = (query[2]! & 0x79) | 0x80
  header[3] = (RA & 0xff) | rcode
  return header
}

/** How long an answer from upstream may be kept, in seconds: its shortest record, or what its SOA says of a "no" (RFC 2308, 5). */
export function ttlOf(answer: Buffer): number {
  try {
    const { answers = [], authorities = [] } = decode(answer)
    const rcode = answer[3]! & 0x0f
    if (rcode !== RCODES.NOERROR && rcode !== RCODES.NXDOMAIN) return 0
    if (answers.length > 0) return Math.min(...answers.map((one) => ('ttl' in one ? (one.ttl ?? 0) : 0)))
    const soa = authorities.find(({ type }) => type === 'SOA') as
      | { ttl?: number; data: { minimum?: number } }
      | undefined
    return soa === undefined ? 0 : Math.min(soa.ttl ?? 0, soa.data.minimum ?? 0)
  } catch {
    return 0
  }
}
