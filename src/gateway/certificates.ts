import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Secret } from '../api/core/v1.ts'
import { HOST, printable } from './names.ts'
import type { Certificate } from './plan.ts'

/** What was read of each version of a Secret: keys are slow to check, and each change of anything asks for all of them. */
const known = new WeakMap<Secret, Certificate | string>()

/** The certificate and key of a Secret, and the names that it is for; or what is wrong with it. */
export function readCertificate(secret: Secret): Certificate | string {
  let certificate = known.get(secret)
  if (certificate === undefined) known.set(secret, (certificate = read(secret)))
  return certificate
}

function read(secret: Secret): Certificate | string {
  const decode = (key: string): string => Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8')
  const [certificate, key] = [decode('tls.crt'), decode('tls.key')]
  if (certificate === '' || key === '') return `it has no ${certificate === '' ? 'tls.crt' : 'tls.key'}`
  try {
    const parsed = new X509Certificate(certificate)
    const privateKey = createPrivateKey(key)
    if (!parsed.checkPrivateKey(privateKey)) return 'its key is not that of its certificate'
    const hosts = [...(parsed.subjectAltName ?? '').matchAll(/DNS:([^,\s]+)/g)]
      .map(([, host]) => host!.toLowerCase())
      .filter((host) => HOST.test(host))
    // Written anew from what was understood: nothing else of the Secret reaches a file.
    const chain = [...certificate.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].map(
      ([block]) => new X509Certificate(block).toString(),
    )
    return { pem: chain.join('') + privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), hosts }
  } catch (error) {
    return `it cannot be read (${printable((error as Error).message)})`
  }
}
