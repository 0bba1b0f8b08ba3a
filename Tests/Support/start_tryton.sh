#!/usr/bin/env bash
# Starts a real CRM for the tests: Tryton 8.2 from PyPI, on loopback, with SQLite; with PostgreSQL where
# RELAIS_TRYTON_POSTGRESQL names a server whose role may make databases, such as postgresql://me:secret@127.0.0.1:5432/.
#
#   Tests/Support/start_tryton.sh FOLDER
#
# The virtual environment in FOLDER is kept from run to run; the databases are made afresh, `crm` for whole syncs and
# `wire` for the connector's own tests, so that neither disturbs the other. The server runs in the background. What it
# prints is for `eval`: RELAIS_TRYTON_BASE, RELAIS_TRYTON_WIRE_BASE, RELAIS_TRYTON_LOGIN, RELAIS_TRYTON_PASSWORD and
# RELAIS_TRYTON_PID, which is the process to end.
set -euo pipefail

series=8.2
here="$(cd "$(dirname "$0")" && pwd)"
mkdir -p "$1"
folder="$(cd "$1" && pwd)"
venv="$folder/venv-$series"
config="$folder/trytond.conf"
log="$folder/server.log"

say() { echo "tryton: $*" >&2; }

give_up() {
  say "$1"
  tail -n 20 "$2" >&2 || true
  exit 1
}

postgresql="${RELAIS_TRYTON_POSTGRESQL:-}"

if [ ! -e "$venv/.ready" ]; then
  say "installing $series from PyPI (once)"
  rm -rf "$venv"
  python3 -m venv "$venv" || { say "python3-venv is missing: run make deps"; exit 1; }
  packages=("trytond==$series.*")
  for module in party company party_relationship sale_opportunity; do packages+=("trytond_$module==$series.*"); done
  "$venv/bin/pip" install -q --disable-pip-version-check "${packages[@]}" >"$folder/install.log" 2>&1 ||
    give_up "the packages cannot be installed" "$folder/install.log"
  touch "$venv/.ready"
fi
if [ -n "$postgresql" ]; then
  "$venv/bin/pip" install -q --disable-pip-version-check 'psycopg[binary,pool]>=3.2' >>"$folder/install.log" 2>&1 ||
    give_up "psycopg cannot be installed" "$folder/install.log"
fi

# A server of an earlier run that was killed before it could end its own.
if [ -s "$folder/pid" ] && grep -qs -- "$config" "/proc/$(cat "$folder/pid")/cmdline"; then
  kill "$(cat "$folder/pid")" 2>/dev/null || true
fi

port="$("$venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
login=admin
password="relais-tests-$port"

rm -rf "$folder/databases"
mkdir -p "$folder/databases"
cat >"$config" <<CONFIG
[web]
listen = 127.0.0.1:$port
[database]
uri = ${postgresql:-sqlite://}
path = $folder/databases
CONFIG

say "making the databases"
{
  if [ -n "$postgresql" ]; then
    for name in wire crm; do
      psql -q "${postgresql}postgres" -c "DROP DATABASE IF EXISTS $name WITH (FORCE)"
    done
    psql -q "${postgresql}postgres" -c "CREATE DATABASE crm"
  else
    touch "$folder/databases/crm.sqlite"
  fi
  TRYTONPASSFILE=<(echo "$password") "$venv/bin/trytond-admin" -c "$config" -d crm --email tests@example.com \
    -u ir res company party_relationship sale_opportunity --activate-dependencies
  "$venv/bin/python" "$here/prepare_tryton.py" "$config" crm
} >"$folder/prepare.log" 2>&1 || give_up "the database cannot be made" "$folder/prepare.log"
if [ -n "$postgresql" ]; then
  psql -q "${postgresql}postgres" -c "CREATE DATABASE wire TEMPLATE crm"
else
  cp "$folder/databases/crm.sqlite" "$folder/databases/wire.sqlite"
fi

setsid "$venv/bin/trytond" -c "$config" -d crm wire >"$log" 2>&1 </dev/null &
pid=$!
echo "$pid" >"$folder/pid"

base="http://127.0.0.1:$port"
for _ in $(seq 300); do
  kill -0 "$pid" 2>/dev/null || give_up "the server ended at once" "$log"
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    say "answers at $base"
    printf 'export %s\n' "RELAIS_TRYTON_BASE=$base/crm" "RELAIS_TRYTON_WIRE_BASE=$base/wire" \
      "RELAIS_TRYTON_LOGIN=$login" "RELAIS_TRYTON_PASSWORD=$password" "RELAIS_TRYTON_PID=$pid"
    exit 0
  fi
  sleep 0.1
done
kill "$pid" 2>/dev/null || true
give_up "the server does not answer" "$log"
