#!/bin/sh
# Makes the database on first start, from the variables that the well-known mysql and mariadb images read.
set -e
data=/var/lib/mysql
password=${MARIADB_ROOT_PASSWORD:-$MYSQL_ROOT_PASSWORD}
database=${MARIADB_DATABASE:-$MYSQL_DATABASE}
user=${MARIADB_USER:-$MYSQL_USER}
user_password=${MARIADB_PASSWORD:-$MYSQL_PASSWORD}

# quoted TEXT: prints the text as an SQL string.
quoted() {
  printf "'%s'" "$(printf '%s' "$1" | sed "s/\\\\/\\\\\\\\/g; s/'/''/g")"
}

mkdir -p "$data" /run/mysqld
chown -R mysql:mysql "$data" /run/mysqld
if [ ! -d "$data/mysql" ]; then
  mariadb-install-db --user=mysql --datadir="$data" --skip-test-db --auth-root-authentication-method=normal
fi
{
  echo "CREATE USER IF NOT EXISTS root@'%' IDENTIFIED BY $(quoted "$password");"
  echo "GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;"
  echo "ALTER USER root@localhost IDENTIFIED BY $(quoted "$password");"
  if [ -n "$database" ]; then
    echo "CREATE DATABASE IF NOT EXISTS \`$database\`;"
  fi
  if [ -n "$user" ]; then
    echo "CREATE USER IF NOT EXISTS $(quoted "$user")@'%' IDENTIFIED BY $(quoted "$user_password");"
    echo "GRANT ALL ON \`${database:-%}\`.* TO $(quoted "$user")@'%';"
  fi
} > /run/mysqld/init.sql

# MySQL has options that MariaDB does not know; as the well-known images do, these are not an error here.
exec mariadbd --user=mysql --datadir="$data" --bind-address=0.0.0.0 --socket=/run/mysqld/mysqld.sock \
  --init-file=/run/mysqld/init.sql --loose-skip-name-resolve
