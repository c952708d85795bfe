#!/bin/sh
# Serves /www on port $PORT. The shell is process 1, so that the trap, and not the kernel's rule that process 1
# ignores signals without a handler, decides what SIGTERM does.
mkdir -p /www
printf '%s %s\n' "$VERSION" "$(hostname)" > /www/index.html
printf 'ok\n' > /www/healthz
trap 'exit 0' TERM INT
httpd -f -p "${PORT:-8080}" -h /www &
wait
