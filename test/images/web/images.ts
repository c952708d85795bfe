import { fileURLToPath } from 'node:url'
import type { Image } from '../image.ts'

/** A shell with the usual commands, and nothing else. */
export const busyboxImage: Image = {
  names: ['docker.io/library/busybox:latest'],
  layers: [{ packages: ['busybox-static'], applets: true }],
  config: { command: ['sh'] },
}

/** nginx as Debian builds it, with its pages where the well-known image has them. */
export const nginxImage: Image = {
  names: ['docker.io/library/nginx:latest'],
  layers: [nginxLayer()],
  config: nginxConfig(),
}

/**
 * Two versions of a small web server for rollouts. `/` says version and host name, `/slow` answers after two
 * seconds, and SIGTERM ends it at once, with no regard for requests that are under way.
 */
export const webImages: readonly Image[] = ['v1', 'v2'].map((version) => ({
  names: [`wherry.test/web:${version}`],
  layers: [
    { packages: ['busybox-static'], applets: true },
    {
      files: {
        'etc/httpd.conf': '*.cgi:/bin/sh\n',
        'usr/local/bin/web': { from: ours('web.sh'), mode: 0o755 },
        'www/slow.cgi': { from: ours('slow.cgi'), mode: 0o755 },
      },
    },
  ],
  config: { command: ['web'], env: { VERSION: version }, ports: ['8080/tcp'] },
}))

/** Packages and settings of nginx, for images under other names. */
export function nginxLayer() {
  return {
    packages: ['nginx-light', 'busybox-static'],
    applets: true,
    folders: { 'var/lib/nginx': 0o755, 'var/log/nginx': 0o755, 'etc/nginx/conf.d': 0o755 },
    files: {
      'etc/nginx/nginx.conf': { from: ours('nginx.conf'), mode: 0o644 },
      'usr/share/nginx/html/index.html':
        '<!doctype html>\n<title>Welcome to nginx!</title>\n<h1>Welcome to nginx!</h1>\n',
    },
  }
}

/** How nginx is started by its image. */
export function nginxConfig() {
  return { command: ['nginx', '-g', 'daemon off;'], ports: ['80/tcp'] }
}

function ours(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}
