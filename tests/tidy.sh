#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs clang-tidy over every source file, or over those that are named: tests/tidy.sh core/sets/*.cpp
# Prints findings alone and fails if there are any. A file that passed is not looked at again until
# it, a header of ours that it includes, .clang-tidy or clang-tidy itself changes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. app/setup.sh

install_packages "${build_packages[@]}" "${bench_packages[@]}" clang clang-tidy python3
mkdir -p build
# Those of targets that are gone; CMake writes the others again.
find build/tidy -name AutogenInfo.json -delete 2>/dev/null || true
cmake --preset tidy >build/tidy.configure.log 2>&1 ||
    { tail -n 20 build/tidy.configure.log >&2; cannot "CMake could not configure the preset tidy"; }
# The sources include what moc makes of them. This is what the *_autogen targets run; the targets
# themselves would first compile every library that a test links to.
find build/tidy -name AutogenInfo.json -print0 |
    xargs -0 -P "${COHORTIST_JOBS:-$(nproc)}" -I '{}' cmake -E cmake_autogen '{}' Debug >build/tidy.moc.log 2>&1 ||
    { tail -n 20 build/tidy.moc.log >&2; cannot "moc failed"; }
exec python3 tests/support/cached_tidy.py "$@"
