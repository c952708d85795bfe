import type { FileSource, Image, Layer } from '../images/image.ts'
import { script } from '../images/image.ts'
import { nginxConfig, nginxLayer } from '../images/web/images.ts'
import type { Programs } from './programs.ts'

/** The tags below are those of `e2e.test --list-images` of the version in go.mod; the runner compares the two. */
const E2E = 'registry.k8s.io/e2e-test-images'

/**
 * The images that the conformance tests run, made here from upstream's programs and Debian's packages, because
 * upstream's own are built on Alpine and fetched from a registry. They behave alike where a test looks.
 */
export function conformanceImages(programs: Programs): Image[] {
  const agnhost = agnhostLayers(programs)
  const agnhostConfig = {
    entrypoint: ['/agnhost'],
    command: ['pause'],
    ports: ['80/tcp', '8080/tcp', '8081/tcp', '9376/tcp', '5000/tcp'],
  }
  const program = (name: Parameters<Programs['path']>[0]): FileSource => ({ from: programs.path(name), mode: 0o755 })
  const picture = (name: string): Layer => ({
    files: {
      [`${name}.jpg`]: { from: programs.source(`test/images/${name}/html/${name}.jpg`), mode: 0o644 },
      'data.json': { from: programs.source(`test/images/${name}/html/data.json`), mode: 0o644 },
    },
  })
  return [
    { names: [`${E2E}/agnhost:2.66.1`, `${E2E}/agnhost:2.55`], layers: agnhost, config: agnhostConfig },
    {
      names: [`${E2E}/nautilus:1.8`],
      layers: [...agnhost, picture('nautilus')],
      config: { ...agnhostConfig, command: ['test-webserver'] },
    },
    {
      names: [`${E2E}/kitten:1.8`],
      // The image volume test reads the name of the system that upstream's image is built on.
      layers: [...agnhost, picture('kitten'), { files: { 'etc/os-release': 'NAME="Alpine Linux"\nID=alpine\n' } }],
      config: { ...agnhostConfig, command: ['test-webserver'] },
    },
    {
      names: [`${E2E}/busybox:1.37.0-1`, `${E2E}/busybox:1.36.1-1`],
      layers: [
        {
          packages: ['bash', 'busybox-static'],
          without: ['base-files', 'debianutils'],
          applets: true,
          files: { 'bin/sh': script(SHELL) },
          folders: { home: 0o755 },
        },
      ],
      config: { command: ['sh'] },
    },
    { names: [`${E2E}/nginx:1.15-4`], layers: [nginxLayer()], config: nginxConfig() },
    {
      names: [`${E2E}/nginx:1.27-0`],
      // Another image and not another name of the same one: a rolling update must see a difference.
      layers: [nginxLayer(), { files: { 'etc/nginx/version': '1.27-0\n' } }],
      config: nginxConfig(),
    },
    {
      names: ['registry.k8s.io/pause:3.10.2'],
      layers: [{ files: { pause: program('pause') } }],
      config: { entrypoint: ['/pause'], user: '65535:65535' },
    },
    {
      names: [`${E2E}/glibc-dns-testing:2.0.0`],
      layers: [{ packages: ['bind9-dnsutils', 'libc-bin', 'dash', 'busybox-static'], applets: true }],
      config: { command: ['sh'] },
    },
    {
      names: [`${E2E}/nonewprivs:1.4`],
      layers: [
        {
          packages: ['busybox-static'],
          applets: true,
          files: { 'usr/local/bin/nnp': { from: programs.path('nonewprivs'), mode: 0o6755 } },
        },
      ],
      config: { command: ['nnp'] },
    },
    {
      names: [`${E2E}/nonroot:1.5`],
      layers: [{ packages: ['busybox-static'], applets: true }],
      config: { command: ['sh'], user: '1234' },
    },
    {
      names: [`${E2E}/ipc-utils:1.4`],
      layers: [{ packages: ['util-linux', 'busybox-static'], applets: true }],
      config: { command: ['sh'] },
    },
    {
      names: [`${E2E}/perl:5.26`],
      layers: [{ packages: ['perl-base', 'busybox-static'], applets: true }],
      config: { command: ['perl', '-de0'] },
    },
    {
      names: [`${E2E}/sample-apiserver:1.29.2`],
      layers: [{ files: { 'sample-apiserver': program('sample-apiserver') }, folders: { tmp: 0o1777 } }],
      config: { entrypoint: ['/sample-apiserver'] },
    },
    {
      names: ['registry.k8s.io/etcd:3.6.8-0'],
      layers: [
        {
          packages: ['busybox-static'],
          applets: true,
          files: { 'usr/local/bin/etcd': program('etcd') },
          folders: { 'var/etcd': 0o700 },
        },
      ],
      config: { command: ['etcd'] },
    },
  ]
}

/**
 * Tests compare the words of busybox's shell; but the one of Debian's busybox hides variables whose names are none of its
 * own, which other tests look for.
 */
const SHELL = `#!/bin/bash
while IFS='=' read -r -d '' name _; do
  [[ $name =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] || exec -a "$0" /bin/bash "$@"
done < /proc/self/environ
exec -a "$0" /bin/busybox "$@"
`

/** agnhost and the commands that tests run beside it. */
function agnhostLayers(programs: Programs): Layer[] {
  const key = (name: string) => ({ from: programs.source(`test/images/agnhost/porter/${name}`), mode: 0o644 })
  return [
    {
      packages: [
        'bash', 'bind9-dnsutils', 'busybox-static', 'curl', 'iperf', 'iproute2', 'libc-bin', 'netcat-openbsd', 'util-linux',
      ],
      applets: true,
      // Not busybox's shell: as Debian builds it, it runs its own nc rather than the one on the PATH.
      links: { 'bin/sh': 'bash', 'bin/nc': 'nc.openbsd', 'usr/local/bin/iperf': '/usr/bin/iperf' },
    },
    {
      files: {
        agnhost: { from: programs.path('agnhost'), mode: 0o755 },
        'localhost.crt': key('localhost.crt'),
        'localhost.key': key('localhost.key'),
        'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' +
          'user-defined-in-image:x:1000:1000::/home/user-defined-in-image:/bin/sh\n',
        'etc/group': 'root:x:0:\ntty:x:5:\nuser-defined-in-image:x:1000:\nnogroup:x:65534:\n' +
          'group-defined-in-image:x:50000:user-defined-in-image\n',
      },
      links: { 'agnhost-2': 'agnhost' },
      folders: { uploads: 0o755, 'home/user-defined-in-image': 0o755 },
    },
  ] // prettier-ignore
}
