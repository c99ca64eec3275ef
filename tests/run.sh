#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds everything and runs all tests. Arguments are handed to ctest: tests/run.sh -R retention
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. app/setup.sh

preset=${COHORTIST_PRESET:-dev}
install_packages "${build_packages[@]}" python3 python3-venv redis-server redis-tools openssl
install_peers || {
    [ "${COHORTIST_REQUIRE_PEERS:-}" != 1 ] || cannot "pip could not install bitmapist and bitmapist4, which the tests compare with (the log: build/peers.log)"
    echo "Without bitmapist and bitmapist4 from PyPI (build/peers.log) the tests that compare with them are skipped."
}
configure_and_build "$preset"
ctest --test-dir "build/$preset" --output-on-failure -j "${COHORTIST_JOBS:-$(nproc)}" "$@"
