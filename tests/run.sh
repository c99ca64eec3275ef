#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds everything and runs all tests. Arguments are handed to ctest: tests/run.sh -R retention
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. app/setup.sh

preset=${COHORTIST_PRESET:-dev}
install_packages "${build_packages[@]}" python3 redis-server
configure_and_build "$preset"
ctest --test-dir "build/$preset" --output-on-failure -j "${COHORTIST_JOBS:-$(nproc)}" "$@"
