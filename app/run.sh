#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds Cohortist and opens it on a demo snapshot, which is made if there is none. Without a display
# it prints the retention table and renders the window to a picture instead.
# Arguments are handed to the program: app/run.sh mine.cohorts
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. app/setup.sh

install_packages "${build_packages[@]}"
configure_and_build release cohortist cohortist-cli

bin=build/release/bin
demo=build/demo.cohorts
[ -f "$demo" ] || "$bin/cohortist-cli" demo -o "$demo"
[ $# -gt 0 ] || set -- "$demo"

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec "$bin/cohortist" "$@"
fi
"$bin/cohortist-cli" retention "$demo" --cohort signup@period --return active@period --by day --rows 14
picture=build/cohortist.png
export XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-$(mktemp -d)}
# That platform says of every window that it has no use for size hints.
QT_QPA_PLATFORM=offscreen "$bin/cohortist" --screenshot "$picture" --size 1440x900 "$@" 2> >(grep -v 'propagateSizeHints' >&2)
echo
echo "There is no display, so the window was drawn to $PWD/$picture"
