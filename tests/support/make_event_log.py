#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes an event log as CSV, the same for the same arguments: user_id,event,time over 90 days.

    make_event_log.py 10000000 integer > log.csv     # a million integer ids
    make_event_log.py 10000000 text > log.csv        # a million text ids
    make_event_log.py 10000000 shuffled > log.csv    # integer ids, days in no order
"""
import random
import sys

USERS = 1_000_000
DAYS = 90
BLOCK = 200_000
EVENTS = ["login", "search", "task:add", "task:done", "comment:add", "export:csv", "invite:sent",
          "open", "close", "like", "share", "follow", "upload", "download", "play", "pause",
          "signup", "logout", "os:ios", "os:android"]


def main():
    lines, kind = int(sys.argv[1]), sys.argv[2]
    draw = random.Random(7)
    dates = [f"2026-{8 + day // 30:02d}-{day % 30 + 1:02d}" for day in range(DAYS)]
    clock = [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(86400)]
    tail = [f",{event}," for event in EVENTS]
    write = sys.stdout.write
    write("user_id,event,time\n")
    for begin in range(0, lines, BLOCK):
        count = min(BLOCK, lines - begin)
        bits = draw.randbytes(8 * count)
        out = []
        for i in range(count):
            number = int.from_bytes(bits[8 * i:8 * i + 8], "little")
            # The lower of two draws: some users do more than others.
            user = min(number % USERS, (number >> 20) % USERS)
            day = (number >> 40) % DAYS if kind == "shuffled" else (begin + i) * DAYS // lines
            name = f"u-{user * 2654435761 % 4294967296:08x}" if kind == "text" else str(user)
            out.append(name + tail[(number >> 48) % 20] + dates[day] + " " +
                       clock[(number >> 44) % 86400] + "\n")
        write("".join(out))


main()
