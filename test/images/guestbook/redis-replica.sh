#!/bin/sh
# Starts a Redis that follows the guestbook's master, found as the manifest says: by name or by environment.
if [ "$GET_HOSTS_FROM" = env ]; then
  master=$REDIS_MASTER_SERVICE_HOST
else
  master=redis-master
fi
exec redis-server --bind '*' --protected-mode no --save '' --replicaof "$master" 6379
