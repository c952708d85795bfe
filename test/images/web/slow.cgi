sleep 2
printf 'Content-Type: text/plain\r\n\r\n%s %s\n' "$VERSION" "$(hostname)"
