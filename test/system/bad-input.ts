import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { load } from 'js-yaml'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { call, type Outcome, type SystemCluster, wherryProgram } from './system-cluster.ts'

const configMap = (more: object = {}, metadata: object = {}): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'bad', ...metadata }, ...more })

/** Whatever is wrong gets a clear message and the right code, and nothing is half-done. */
export function badInput(getCluster: () => SystemCluster): void {
  describe('bad input', () => {
    const refused = async (
      input: string,
      message: RegExp,
      args: readonly string[] = ['apply', '-f', '-'],
    ): Promise<Outcome> => {
      const outcome = await getCluster().kubectl(args, input)
      assert.notEqual(outcome.code, 0, outcome.stdout)
      assert.match(outcome.stderr, message)
      assert.equal((await getCluster().kubectl(['get', 'configmap', 'bad'])).code, 1, 'something was half-done')
      return outcome
    }
    /** A request that no kubectl would send. */
    const raw = (
      method: string,
      path: string,
      body = '',
      type = 'application/json',
    ): Promise<{ status: number; text: string }> => {
      const config = load(readFileSync(join(getCluster().dataDir, 'kubeconfig'), 'utf8')) as {
        clusters: { cluster: Record<string, string> }[]
        users: { user: Record<string, string> }[]
      }
      const decode = (text: string | undefined): string => Buffer.from(text ?? '', 'base64').toString()
      const { cluster } = config.clusters[0]!
      const { user } = config.users[0]!
      const url = new URL(cluster['server']!)
      return new Promise((resolve, reject) => {
        const outgoing = request(
          {
            host: url.hostname,
            port: url.port,
            method,
            path,
            agent: false,
            headers: { 'content-type': type },
            ca: decode(cluster['certificate-authority-data']),
            cert: decode(user['client-certificate-data']),
            key: decode(user['client-key-data']),
          },
          (answer) => {
            const chunks: Buffer[] = []
            answer.on('data', (chunk: Buffer) => chunks.push(chunk))
            answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
          },
        )
        outgoing.on('error', reject)
        outgoing.end(body)
      })
    }

    it('broken YAML', () => refused('a: [1,\nb: }', /error parsing|error converting YAML/).then(() => {}))
    it('an unknown field', () => refused(configMap({ datta: { a: 'b' } }), /unknown field "datta"/).then(() => {}))
    it('a wrong type', () =>
      refused(configMap({ data: { a: 1 } }), /data\.?a|unmarshal|invalid type|expected string/i).then(() => {}))
    it('a kind that is not served', () =>
      refused(
        '{"apiVersion":"extensions/v1beta1","kind":"Deployment","metadata":{"name":"bad"}}',
        /no matches for kind "Deployment" in version "extensions\/v1beta1"/,
      ).then(() => {}))
    it('names that are no names', async () => {
      for (const name of ['..', 'a..b', 'UPPER', 'a/b', 'a%2eb', 'a b', '-a', 'x'.repeat(254)]) {
        const outcome = await getCluster().kubectl(['create', '-f', '-'], configMap({}, { name }))
        assert.notEqual(outcome.code, 0, name)
        assert.match(outcome.stderr, /invalid|must/i, name)
      }
    })
    it('hostile paths', async () => {
      for (const path of [
        '/api/v1/namespaces/default/configmaps/..',
        '/api/v1/namespaces/default/configmaps/%2e%2e',
        '/api/v1/namespaces/default/configmaps/a%00b',
        '/api/v1/namespaces/%2e%2e/configmaps/a',
        '/api/v1/namespaces/default/configmaps/a%2fb',
        '/api/v1/../../etc/passwd',
        '/%',
      ]) {
        const { status, text } = await raw('GET', path)
        assert.ok(status >= 400 && status < 500, `${path}: ${status} ${text.slice(0, 200)}`)
      }
    })
    it('an object of 4 MB', async () => {
      const { status, text } = await raw(
        'POST',
        '/api/v1/namespaces/default/configmaps',
        configMap({ data: { a: 'x'.repeat(4_000_000) } }),
      )
      assert.equal(status, 413, text.slice(0, 200))
      assert.equal((JSON.parse(text) as { reason: string }).reason, 'RequestEntityTooLarge')
    })
    it('an object that is larger than a ConfigMap may be', async () => {
      const { status, text } = await raw(
        'POST',
        '/api/v1/namespaces/default/configmaps',
        configMap({ data: { a: 'x'.repeat(1_100_000) } }),
      )
      assert.equal(status, 422, text.slice(0, 200))
    })
    it('an alias bomb', async () => {
      const lines = ['a: &a [x,x,x,x,x,x,x,x,x,x]']
      for (let i = 0; i < 12; i++) {
        const [from, to] = [String.fromCharCode(97 + i), String.fromCharCode(98 + i)]
        lines.push(`${to}: &${to} [${Array.from({ length: 10 }, () => `*${from}`).join(',')}]`)
      }
      const { status } = await raw(
        'POST',
        '/api/v1/namespaces/default/configmaps',
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\n${lines.join('\n')}\n`,
        'application/yaml',
      )
      assert.ok(status >= 400 && status < 500, String(status))
      assert.equal((await raw('GET', '/readyz')).status, 200)
    })
    it('a body that is no JSON, of a type that is not known, or nothing', async () => {
      assert.equal((await raw('POST', '/api/v1/namespaces/default/configmaps', '{')).status, 400)
      assert.equal((await raw('POST', '/api/v1/namespaces/default/configmaps', 'hello', 'text/x-nonsense')).status, 415)
      assert.equal((await raw('POST', '/api/v1/namespaces/default/configmaps', '')).status, 400)
      assert.equal(
        (
          await raw(
            'PATCH',
            '/api/v1/namespaces/default/configmaps/kube-root-ca.crt',
            '[{"op":"nonsense"}]',
            'application/json-patch+json',
          )
        ).status,
        422,
      )
      assert.equal((await raw('GET', '/api/v1/namespaces/default/nonsense')).status, 404)
      assert.equal((await raw('POST', '/api/v1/nodes/x')).status, 405)
    })
    it('`__proto__` stays a plain key', async () => {
      const { status, text } = await raw(
        'POST',
        '/api/v1/namespaces/default/configmaps?fieldValidation=Ignore',
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"proto"},"__proto__":{"polluted":"yes"},"data":{"__proto__":"x"}}',
      )
      assert.ok(status === 201 || status === 422 || status === 400, text.slice(0, 200))
      assert.doesNotMatch(text, /polluted/)
      await raw('DELETE', '/api/v1/namespaces/default/configmaps/proto')
    })
    it('a kubeconfig of another cluster', async () => {
      const config = readFileSync(join(getCluster().dataDir, 'kubeconfig'), 'utf8')
      const folder = mkdtempSync(join(tmpdir(), 'wherry-other-'))
      try {
        const { stdout } = await call('sh', [
          '-c',
          'cd "$0" && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k -out c -days 1 -subj /O=system:masters/CN=other 2>/dev/null && base64 -w0 c && echo && base64 -w0 k',
          folder,
        ])
        const [certificate, key] = stdout.split('\n') as [string, string]
        const file = join(folder, 'kubeconfig')
        writeFileSync(
          file,
          config
            .replace(/client-certificate-data: .*/, `client-certificate-data: ${certificate}`)
            .replace(/client-key-data: .*/, `client-key-data: ${key}`),
        )
        const stranger = await getCluster().kubectl(['--kubeconfig', file, 'get', 'secrets', '-A'])
        assert.notEqual(stranger.code, 0)
        assert.match(stranger.stderr, /Unauthorized|logged in|certificate|[Ff]orbidden/)
        writeFileSync(
          file,
          config.replace(/certificate-authority-data: .*/, `certificate-authority-data: ${certificate}`),
        )
        assert.match(
          (await getCluster().kubectl(['--kubeconfig', file, 'get', 'pods'])).stderr,
          /certificate signed by unknown authority|x509/,
        )
      } finally {
        rmSync(folder, { recursive: true })
      }
    })
    it('`up` again changes nothing and says so', async () => {
      const before = await getCluster().status()
      const { code, stdout } = await getCluster().wherry('up')
      assert.equal(code, 0)
      assert.match(stdout, /is up already; nothing was changed/)
      assert.deepEqual((await getCluster().status()).processes, before.processes)
    })
    it('`up` without root, on a taken port, in a broken or unusable directory, twice at once', async () => {
      const dir = mkdtempSync(join(tmpdir(), 'wherry-bad-'))
      try {
        const up = (...args: readonly string[]): Promise<Outcome> =>
          call(wherryProgram, ['up', '--data-dir', join(dir, 'data'), '--name', 'bad', ...args])
        const unprivileged = await call('setpriv', [
          '--reuid=65534',
          '--regid=65534',
          '--clear-groups',
          process.execPath,
          join(wherryProgram, '..', '..', 'src', 'programs', 'main.ts'),
          'up',
          '--data-dir',
          join(dir, 'data'),
        ])
        assert.equal(unprivileged.code, 1)
        assert.match(unprivileged.stderr, /needs root[^]*sudo/)

        const { gateway } = await getCluster().status()
        assert.ok(gateway)
        const taken = await call(process.execPath, [
          '-e',
          `const s=require('node:net').createServer().listen(0,'0.0.0.0',()=>{const c=require('node:child_process').spawnSync(${JSON.stringify(wherryProgram)},['up','--data-dir',${JSON.stringify(join(dir, 'data'))},'--name','bad','--nodes','1','--api-port',String(s.address().port)],{encoding:'utf8'});process.stdout.write(c.stderr);process.exitCode=c.status;s.close()})`,
        ])
        assert.equal(taken.code, 1, taken.stdout)
        assert.match(taken.stdout, /Port \d+, wanted for the Kubernetes API, is taken by .*process \d+/)

        writeFileSync(join(dir, 'file'), '')
        const inTheWay = await call(wherryProgram, ['up', '--data-dir', join(dir, 'file')])
        assert.equal(inTheWay.code, 1)
        assert.match(inTheWay.stderr, /cannot be used[^]*--data-dir/)

        await call('sh', ['-c', 'mkdir -p "$0" && printf "{broken" >"$0/cluster.json"', join(dir, 'broken')])
        const broken = await call(wherryProgram, ['up', '--data-dir', join(dir, 'broken')])
        assert.equal(broken.code, 1)
        assert.match(broken.stderr, /is damaged[^]*down --purge/)

        await call('sh', ['-c', 'mkdir -p "$0" && mount -t tmpfs -o size=1m tmpfs "$0"', join(dir, 'full')])
        try {
          const full = await call(wherryProgram, ['up', '--data-dir', join(dir, 'full')])
          assert.equal(full.code, 1)
          assert.match(full.stderr, /is full[^]*--data-dir/)
        } finally {
          await call('umount', [join(dir, 'full')])
        }

        const both = await Promise.all([up('--nodes', '1'), up('--nodes', '1')])
        assert.deepEqual(both.map(({ code }) => code).toSorted(), [0, 1], both.map(({ stderr }) => stderr).join('\n'))
        assert.ok(both.some(({ stderr }) => /Another wherry command/.test(stderr)))
      } finally {
        await call(wherryProgram, ['down', '--purge', '--data-dir', join(dir, 'data')])
        rmSync(dir, { recursive: true, force: true })
      }
    })
  })
}
