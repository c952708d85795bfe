#!/bin/sh
# Answers guestbook.php?cmd=set|get&key=KEY&value=VALUE: writes go to redis-master, reads to redis-replica.
# The web server runs it for each request, as CGI.

if [ "$GET_HOSTS_FROM" = env ]; then
  master=$REDIS_MASTER_SERVICE_HOST
  replica=${REDIS_REPLICA_SERVICE_HOST:-$REDIS_SLAVE_SERVICE_HOST}
else
  master=redis-master
  replica=redis-replica
fi

# parameter NAME: prints the decoded value of a parameter of the query.
parameter() {
  raw=$(printf '%s' "$QUERY_STRING" | tr '&' '\n' | sed -n "s/^$1=//p" | head -n 1)
  httpd -d "$raw"
}

# answer STATUS JSON
answer() {
  printf 'Status: %s\r\nContent-Type: application/json\r\n\r\n%s\n' "$1" "$2"
  exit 0
}

# quoted TEXT: prints the text as a JSON string.
quoted() {
  printf '"%s"' "$(printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g' | tr '\n\t' '  ')"
}

key=$(parameter key)
case $(parameter cmd) in
  set)
    reply=$(redis-cli -h "$master" set "$key" "$(parameter value)" 2>&1) && [ "$reply" = OK ] ||
      answer '500 Internal Server Error' "{\"error\": $(quoted "$master: $reply")}"
    answer '200 OK' '{"message": "Updated"}'
    ;;
  get)
    reply=$(redis-cli -h "$replica" --raw get "$key" 2>&1) ||
      answer '500 Internal Server Error' "{\"error\": $(quoted "$replica: $reply")}"
    answer '200 OK' "{\"data\": $(quoted "$reply")}"
    ;;
  *)
    answer '400 Bad Request' '{"error": "cmd is set or get"}'
    ;;
esac
