import { createHash } from 'node:crypto'
import { access, mkdir, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WherryError } from '../../src/lib/errors.ts'
import { cacheFolder } from '../images/cache.ts'
import { run } from '../images/run.ts'

const MODULE = dirname(fileURLToPath(import.meta.url))

/** Upstream's programs, in the order in which building them shares most. `test` marks a test binary. */
const PROGRAMS = [
  { name: 'ginkgo', package: 'github.com/onsi/ginkgo/v2/ginkgo' },
  { name: 'e2e.test', package: 'k8s.io/kubernetes/test/e2e', test: true },
  { name: 'kubectl', package: 'k8s.io/kubernetes/cmd/kubectl' },
  { name: 'agnhost', package: 'k8s.io/kubernetes/test/images/agnhost' },
  { name: 'nonewprivs', package: 'k8s.io/kubernetes/test/images/nonewprivs' },
  { name: 'sample-apiserver', package: 'k8s.io/sample-apiserver' },
  { name: 'etcd', package: 'go.etcd.io/etcd/server/v3' },
  { name: 'pause', package: './pause' },
] as const

/** Where the built programs are, by name, and of which Kubernetes version. */
export interface Programs {
  /** Such as `v1.36.5`. */
  readonly version: string
  readonly folder: string
  path(name: (typeof PROGRAMS)[number]['name']): string
  /** A file of upstream's sources, such as test data that an image needs. */
  source(path: string): string
}

/**
 * Builds upstream's suite and the programs of its images with the ordinary Go tools, from the versions in go.mod.
 * What is built already is not built again.
 */
export async function buildPrograms({ say, signal }: { say: (text: string) => void; signal?: AbortSignal }) {
  const options = { cwd: MODULE, ...(signal && { signal }) }
  const goVersion = await run('go', ['env', 'GOVERSION'], options).catch((cause: unknown) => {
    throw new WherryError(
      'unavailable',
      'The conformance suite is written in Go, and no Go that can build it is here.',
      {
        hint: 'Install Go 1.26 (https://go.dev/dl) and run this again. Nothing else in wherry needs it.',
        cause,
      },
    )
  })
  const hash = createHash('sha256').update(goVersion)
  const inputs = ['go.mod', 'go.sum', 'upstream.go', 'pause/pause.go']
  for (const file of inputs) hash.update(await readFile(join(MODULE, file)))
  const version = kubernetesVersion(await readFile(join(MODULE, 'go.mod'), 'utf8'))
  const folder = join(cacheFolder('conformance'), `${version}-${hash.digest('hex').slice(0, 12)}`)
  await mkdir(folder, { recursive: true })

  for (const program of PROGRAMS) {
    const file = join(folder, program.name)
    if (await exists(file)) continue
    say(`building ${program.name} ${version} (only once; the first takes minutes)`)
    const isTest = 'test' in program
    // Vetting would analyse every dependency, which takes longer than compiling them.
    const verb = isTest ? ['test', '-vet=off', '-c'] : ['build']
    const flags = ['-trimpath', '-ldflags', linkerFlags(version), '-o', `${file}.new`]
    const env = { ...process.env, CGO_ENABLED: '0' }
    await run('nice', ['-n', '10', 'go', ...verb, ...flags, program.package], { ...options, env })
    await rename(`${file}.new`, file)
  }

  const sources = (await run('go', ['list', '-m', '-f', '{{.Dir}}', 'k8s.io/kubernetes'], options)).trim()
  const programs: Programs = {
    version,
    folder,
    path: (name) => join(folder, name),
    source: (path) => join(sources, path),
  }
  return programs
}

/** Reads the version of Kubernetes that a go.mod requires. */
export function kubernetesVersion(goMod: string): string {
  const version = /^\s*(?:require\s+)?k8s\.io\/kubernetes (v\S+)/m.exec(goMod)?.[1]
  if (version === undefined) throw new WherryError('internal', 'go.mod does not require k8s.io/kubernetes.')
  return version
}

/** The suite compares these with what the server says of itself. */
function linkerFlags(version: string): string {
  const [major = '', minor = ''] = version.slice(1).split('.')
  const variables = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' }
  const settings = Object.entries(variables).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
  return ['-s', '-w', ...settings].join(' ')
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
