#!/bin/sh
# Serves WordPress on port 80. wp-config.php reads the database's address from WORDPRESS_DB_*.
trap 'exit 0' TERM INT
mkdir -p /var/www/html
[ -e /var/www/html/index.php ] || cp -a /usr/share/wordpress/. /var/www/html/
cp /etc/wordpress/wp-config.php /var/www/html/wp-config.php
cd /var/www/html || exit 1
# Requests that WordPress makes to itself need a second worker.
PHP_CLI_SERVER_WORKERS=4 php -S 0.0.0.0:80 -t /var/www/html &
wait
