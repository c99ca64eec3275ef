# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by app/run.sh, tests/run.sh and .ci/run: says in one line why it cannot go on, and installs
# the Debian packages that are missing, as root or through sudo.

cannot() {
    echo "cohortist: $*" >&2
    exit 1
}

# install_packages NAME…: nothing happens when all are there.
install_packages() {
    command -v dpkg-query >/dev/null || cannot "this script installs Debian packages, and this is no Debian; install what README lists and build with cmake --preset release"
    local missing=() name
    for name in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || cannot "these packages are missing, and there is no sudo to install them: ${missing[*]}"
        as_root=(sudo)
    fi
    echo "Installing ${missing[*]}"
    local log
    log=$(mktemp)
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1 ||
        { "${as_root[@]}" apt-get update >"$log" 2>&1 &&
          "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1; } ||
        { tail -n 5 "$log" >&2; cannot "the packages could not be installed (the whole log: $log)"; }
    rm -f "$log"
}

# What building the program takes, and what it takes to draw text on a machine without a desktop.
build_packages=(
    g++ cmake ninja-build pkg-config
    qt6-base-dev qt6-svg-dev libqcustomplot-dev qtkeychain-qt6-dev libgl-dev
    libroaring-dev libhwy-dev libhiredis-dev libsqlite3-dev libexpected-dev libfmt-dev libcli11-dev
    nlohmann-json3-dev libxxhash-dev zlib1g-dev libssl-dev tzdata
    fonts-noto-core
)

# What -DCOHORTIST_BENCH=ON takes besides.
bench_packages=(libbenchmark-dev redis-server python3-venv)

# Python packages that the tests compare with, into build/peers; the log names what went wrong.
install_peers() {
    local folder=build/peers log=build/peers.log
    mkdir -p build
    "$folder/bin/python" -c 'import bitmapist.cohort, bitmapist4' 2>/dev/null && return 0
    { python3 -m venv "$folder" && "$folder/bin/pip" install bitmapist bitmapist4; } >"$log" 2>&1
}

# configure_and_build PRESET [TARGET…]
configure_and_build() {
    local preset=$1
    shift
    local log=build/$preset.configure.log
    mkdir -p build
    if [ ! -f "build/$preset/build.ninja" ]; then
        cmake --preset "$preset" >"$log" 2>&1 || { tail -n 20 "$log" >&2; cannot "CMake could not configure the preset $preset"; }
    fi
    cmake --build --preset "$preset" -j "${COHORTIST_JOBS:-$(nproc)}" ${@:+--target "$@"} || cannot "the preset $preset could not be built"
}
