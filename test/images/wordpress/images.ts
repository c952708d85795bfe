import { fileURLToPath } from 'node:url'
import type { Image } from '../image.ts'

/** WordPress and its database under the names that manifests and Compose files use, reading the same variables. */
export const wordpressImages: readonly Image[] = [
  {
    names: ['docker.io/library/mariadb:10.6.4-focal', 'docker.io/library/mariadb:latest', 'docker.io/library/mysql:latest'],
    layers: [
      { packages: ['mariadb-server-core', 'mariadb-client-core', 'busybox-static'], applets: true },
      { files: { 'usr/local/bin/mariadb-image': { from: ours('mariadb.sh'), mode: 0o755 } } },
    ],
    config: { entrypoint: ['mariadb-image'], ports: ['3306/tcp'] },
  },
  {
    names: ['docker.io/library/wordpress:latest'],
    layers: [
      {
        packages: ['wordpress', 'wordpress-theme-twentytwentythree', 'php8.2-cli', 'php8.2-mysql', 'busybox-static'],
        // Apache, image codecs and the database's own programs: PHP serves the pages, and pictures are not resized.
        without: [
          'apache2*', 'libapache2*', 'libapr*', 'liblua*', 'mariadb-*', 'libconfig-inifiles-perl', 'mysql-common',
          'php8.2-gd', 'libgd3', 'libaom3', 'libav*', 'libdav1d6', 'libde265*', 'libgav1*', 'libheif1', 'librav1e0',
          'libsvtav1enc1', 'libx265*', 'libyuv0', 'libabsl*', 'libtiff6', 'libwebp7', 'libjbig0', 'libjpeg62*',
          'liblerc4', 'libdeflate0', 'libfontconfig1', 'fontconfig-config', 'fonts-*', 'libfreetype6', 'libpng16*',
          'libx*6', 'libx11*', 'libxcb1', 'libxdmcp6', 'libxpm4', 'procps', 'psmisc', 'php8.2-opcache',
        ],
        applets: true,
      },
      {
        files: {
          'etc/php/8.2/cli/conf.d/20-image.ini': extensions(),
          'etc/wordpress/wp-config.php': { from: ours('wp-config.php'), mode: 0o644 },
          'usr/local/bin/wordpress': { from: ours('wordpress.sh'), mode: 0o755 },
        },
        links: { 'usr/bin/php': 'php8.2' },
      },
    ],
    config: { command: ['wordpress'], ports: ['80/tcp'] },
  },
] // prettier-ignore

/** What the packages' scripts would have switched on. */
function extensions(): string {
  const names = ['mysqlnd', 'mysqli', 'ctype', 'iconv', 'tokenizer', 'fileinfo', 'exif', 'phar', 'posix', 'sockets']
  return names.map((name) => `extension=${name}\n`).join('')
}

function ours(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}
