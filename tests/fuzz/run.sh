#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds every fuzzer and runs each for some seconds, two at a time: tests/fuzz/run.sh [SECONDS]
# New inputs are kept in build/fuzz/corpus/ for the next time. A finding is printed with the file
# that holds its input, and the script fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. app/setup.sh

export seconds=${1:-60}
install_packages "${build_packages[@]}" clang libclang-rt-14-dev
configure_and_build fuzz fuzzers
mkdir -p build/fuzz/artifacts

run_one() {
    local program=$1
    local name=${program##*/fuzz_}
    local kept=build/fuzz/corpus/$name log=build/fuzz/$name.log
    local corpora=("$kept")
    mkdir -p "$kept"
    [ ! -d "tests/fuzz/corpus/$name" ] || corpora+=("tests/fuzz/corpus/$name")
    local options=(-max_total_time="$seconds" -max_len=262144 -timeout=20 -rss_limit_mb=2048
                   -artifact_prefix="build/fuzz/artifacts/$name-" -print_final_stats=1)
    [ ! -f "tests/fuzz/$name.dict" ] || options+=(-dict="tests/fuzz/$name.dict")
    if ! "$program" "${options[@]}" "${corpora[@]}" >"$log" 2>&1; then
        grep -vE '^(#[0-9]+|NEW_FUNC|\t?NEW)' "$log" | tail -n 60 >&2
        echo "fuzz_$name: a finding (the whole log: $log)" >&2
        return 1
    fi
    echo "fuzz_$name: $(grep -oP 'number_of_executed_units: *\K\d+' "$log") inputs in $seconds s, nothing found"
}
export -f run_one
printf '%s\0' build/fuzz/bin/fuzz_* | xargs -0 -n 1 -P 2 bash -c 'run_one "$1"' run_one
