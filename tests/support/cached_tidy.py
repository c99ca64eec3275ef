#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs clang-tidy on the files named, or on all of build/tidy's compile database that git knows.

A file that passed leaves an empty file in the cache folder, named after a hash of everything that
can change the outcome: the file, the headers of this repository that it reaches, .clang-tidy, the
compile command and the version of clang-tidy. Headers of the system stand behind that version.
"""
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATABASE = ROOT / "build/tidy"
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "cohortist-tidy"
INCLUDE = re.compile(rb'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


def reached(source):
    """The source and every header of the repository that it includes, however deep."""
    found, waiting = set(), [source]
    while waiting:
        path = waiting.pop()
        if path in found or not path.is_file():
            continue
        found.add(path)
        for name in INCLUDE.findall(path.read_bytes()):
            waiting += [folder / os.fsdecode(name) for folder in (path.parent, ROOT, ROOT / "tests/support")]
    return sorted(found)


def key(source, command, version):
    digest = hashlib.sha256(version)
    digest.update(command.replace(str(ROOT), ".").encode())
    for path in [ROOT / ".clang-tidy", *reached(source)]:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def check(source, stamp):
    started = time.monotonic()
    run = subprocess.run(
        ["clang-tidy", "--quiet", "-p", str(DATABASE), str(source)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if run.returncode == 0 and not run.stdout.strip():
        stamp.touch()
        return True, time.monotonic() - started
    # What clang-tidy could not do at all it says on stderr, among its counts of warnings.
    print(run.stdout or run.stderr, flush=True)
    return False, time.monotonic() - started


def main(names):
    version = subprocess.run(["clang-tidy", "--version"], stdout=subprocess.PIPE, check=True).stdout
    commands = {pathlib.Path(entry["file"]): entry["command"]
                for entry in json.loads((DATABASE / "compile_commands.json").read_text())}
    tracked = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.cpp"],
                             cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    wanted = [ROOT / name for name in (names or os.fsdecode(tracked).split("\0")) if name]
    strangers = [path for path in wanted if path not in commands]
    for path in strangers:
        print(f"{path.relative_to(ROOT)}: the preset tidy does not compile it")
    CACHE.mkdir(parents=True, exist_ok=True)
    waiting = []
    for path in wanted:
        if path in commands:
            stamp = CACHE / key(path, commands[path], version)
            if not stamp.exists():
                waiting.append((path, stamp))
            else:
                stamp.touch()  # so that old stamps can be told from used ones
    started = time.monotonic()
    with ThreadPoolExecutor(int(os.environ.get("COHORTIST_JOBS") or os.cpu_count())) as pool:
        results = list(pool.map(lambda one: check(*one), waiting))
    bad = sum(not passed for passed, _ in results) + len(strangers)
    if os.environ.get("COHORTIST_TIDY_TIMES"):
        for (path, _), (_, seconds) in zip(waiting, results):
            print(f"{seconds:6.1f} s  {path.relative_to(ROOT)}")
    print(f"clang-tidy: {len(waiting)} of {len(wanted)} files looked at in "
          f"{time.monotonic() - started:.0f} s, {bad} with findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
