import { fileURLToPath } from 'node:url'
import { type Image, script } from '../image.ts'

/** The guestbook example of kubernetes/examples: a web page that keeps its messages in Redis. */
export const guestbookImages: readonly Image[] = [
  {
    names: ['registry.k8s.io/redis:e2e', 'docker.io/library/redis:latest'],
    layers: [{ packages: ['redis-server', 'busybox-static'], applets: true, folders: { data: 0o777 } }],
    config: {
      command: ['redis-server', '--bind', '*', '--protected-mode', 'no', '--save', ''],
      workingDir: '/data',
      ports: ['6379/tcp'],
    },
  },
  {
    names: ['gcr.io/google_samples/gb-redisslave:v1', 'gcr.io/google-samples/gb-redisslave:v1'],
    layers: [
      { packages: ['redis-server', 'busybox-static'], applets: true, folders: { data: 0o777 } },
      { files: { 'usr/local/bin/redis-replica': { from: ours('redis-replica.sh'), mode: 0o755 } } },
    ],
    config: { command: ['redis-replica'], workingDir: '/data', ports: ['6379/tcp'] },
  },
  {
    names: ['gcr.io/google-samples/gb-frontend:v5', 'gcr.io/google_samples/gb-frontend:v4'],
    layers: [
      { packages: ['redis-tools', 'busybox-static'], applets: true },
      {
        files: {
          'etc/httpd.conf': '*.php:/usr/local/bin/guestbook\n',
          'usr/local/bin/guestbook': { from: ours('guestbook.sh'), mode: 0o755 },
          'usr/local/bin/frontend': script('#!/bin/sh\ntrap "exit 0" TERM INT\nhttpd -f -v -h /var/www/html & wait\n'),
          'var/www/html/index.html': { from: ours('index.html'), mode: 0o644 },
          'var/www/html/guestbook.php': 'Answered by /usr/local/bin/guestbook.\n',
        },
      },
    ],
    config: { command: ['frontend'], ports: ['80/tcp'] },
  },
]

function ours(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}
