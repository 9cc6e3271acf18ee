#!/usr/bin/env bash
# Runs a command with EQUIPOISE_DATABASE on a PostgreSQL cluster of its own: made in a temporary folder, on a spare port of
# 127.0.0.1, with data checksums, stopped and removed at the end. Debian's package is installed where it is missing and we may.
set -euo pipefail
find_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }
bin=$(find_bin)
if [ -z "$bin" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null
  bin=$(find_bin)
fi
if [ -z "$bin" ]; then
  echo "PostgreSQL is missing: install it (Debian: apt-get install postgresql) and run again." >&2
  exit 1
fi
folder=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as=()
if [ "$(id -u)" = 0 ]; then
  chown postgres "$folder"
  as=(runuser -u postgres --)
fi
stop() {
  (cd / && "${as[@]}" "$bin/pg_ctl" --pgdata "$folder/data" --mode immediate --silent stop) || true
  rm -rf "$folder"
}
trap stop EXIT
(
  cd /
  "${as[@]}" "$bin/initdb" --pgdata "$folder/data" --username equipoise --auth trust --data-checksums --no-sync >/dev/null
  # The cluster goes away with what is in it, and no test ends the server: nothing has to outlive the machine.
  hasty="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
  "${as[@]}" "$bin/pg_ctl" --pgdata "$folder/data" --silent --wait --log "$folder/log" \
    --options "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$folder $hasty" start
  "${as[@]}" "$bin/createdb" --host 127.0.0.1 --port "$port" --username equipoise equipoise
)
EQUIPOISE_DATABASE="postgresql://equipoise@127.0.0.1:$port/equipoise" "$@"
