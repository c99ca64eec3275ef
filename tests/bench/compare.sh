#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Measures every job beside what users have today (bitmapist over a redis-server on the loopback
# interface, filled with the same data) and beside the machine's limit, in turn and in one run;
# checks that the answers are equal, and prints the table of ratios. Takes some minutes and 3 GB.
# Arguments: names of jobs; without any, all of them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. app/setup.sh

install_packages "${build_packages[@]}" "${bench_packages[@]}"
configure_and_build bench job_server fill_redis

peers=build/bench/peers
if [ ! -x "$peers/bin/python" ] || ! "$peers/bin/python" -c 'import bitmapist.cohort' 2>/dev/null; then
    log=build/bench/peers.log
    { python3 -m venv "$peers" && "$peers/bin/pip" install bitmapist; } >"$log" 2>&1 ||
        { tail -n 3 "$log" >&2; cannot "pip could not install bitmapist, which this compares with (the whole log: $log)"; }
fi

work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; wait; rm -rf "$work"' EXIT
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --dir "$work" >"$work/redis.log" 2>&1 &
server=$!
for _ in $(seq 50); do
    redis-cli -p "$port" ping >/dev/null 2>&1 && break
    sleep 0.1
done
redis-cli -p "$port" ping >/dev/null 2>&1 || { cat "$work/redis.log" >&2; cannot "redis-server did not start on port $port"; }

"$peers/bin/python" tests/bench/compare.py --port "$port" --bin build/bench/bin "$@"
