# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the jobs of job_server and their peers in turn and prints the ratios; see compare.sh.

A peer is a function of PEERS, under its job's name: it does the job as users do it today and
returns the numbers, in the order in which the job answers them. Its data has to be in Redis: DATA
names the events.
"""

import argparse
import csv
import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import bitmapist
import bitmapist.cohort
import redis

ROUNDS = 7
TIMES = 5  # in each round; but once, what takes about a second
SLOW = {"live_all", "live_names"}
LAST_DAY = datetime.date(1970, 1, 1) + datetime.timedelta(20_400)  # as in bench_data.h
NAMES = 1_000_000  # keys in the server's database 1, for what lists them
USERS = {"": 10_000_000, "_1m": 1_000_000}
DATA = {"": ["active", "signup", "visit", "rare", "zipf", "sparse"], "_1m": ["active", "signup"]}


def day(back):
    return LAST_DAY - datetime.timedelta(back)


def key(event, date):
    return f"trackist_{event}_{date.year}-{date.month}-{date.day}"


def cohort_table(cohort, returned, rows, columns):
    def run(_server):
        start = day(columns + rows - 1)
        table = bitmapist.cohort.get_dates_data(
            cohort, returned, time_group="days", as_percent=False,
            num_results=rows, num_of_rows=columns, start_date=start.isoformat())
        return [int(cell or 0) for row in table for cell in row[1:]]
    return run


def expression(server):
    """One count of the whole, its parts in temporary keys."""
    days = [key("active", day(i)) for i in range(5)]
    pipe = server.pipeline(transaction=False)
    pipe.bitop("and", "bitop_1", days[0], days[1])
    pipe.bitop("and", "bitop_2", days[2], days[3])
    pipe.bitop("or", "bitop_1", "bitop_1", "bitop_2")
    pipe.bitop("and", "bitop_2", "bitop_1", days[4])
    pipe.bitop("xor", "bitop_1", "bitop_1", "bitop_2")
    pipe.bitcount("bitop_1")
    return [pipe.execute()[-1]]


def union(event, days):
    def run(server):
        server.bitop("or", "bitop_1", *(key(event, day(i)) for i in range(days)))
        return [server.bitcount("bitop_1")]
    return run


def export(_server):
    days = [bitmapist.DayEvents.from_date("signup", day(i)) for i in range(120)]
    users = bitmapist.BitOpOr(*days)
    count = 0
    with tempfile.NamedTemporaryFile("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["user_id"])
        for user in users:
            rows.writerow([user])
            count += 1
    users.delete()
    return [count]


def read_all(server):
    """Takes the bytes of every event's keys and makes nothing of them."""
    count = 0
    pipe = server.pipeline(transaction=False)
    for name in server.scan_iter(match="trackist_*", count=1000):
        pipe.get(name)
        if len(pipe) == 16:
            count += sum(value is not None for value in pipe.execute())
    return [count + sum(value is not None for value in pipe.execute())]


PEERS = {
    "table_dense": cohort_table("active", "active", 31, 12),
    "table_large": cohort_table("active", "active", 90, 30),
    "table_signup": cohort_table("signup", "active", 31, 12),
    "table_signup_whole": cohort_table("signup", "active", 31, 12),
    "table_visit": cohort_table("visit", "visit", 31, 12),
    "table_rare": cohort_table("rare", "rare", 31, 12),
    "table_zipf": cohort_table("zipf", "zipf", 31, 12),
    "expression": expression,
    "union_dense": union("active", 90),
    "union_sparse": union("sparse", 365),
    "export": export,
    "live_table": cohort_table("active", "active", 31, 12),
    "live_all": read_all,
    "table_dense_1m": cohort_table("active", "active", 31, 12),
    "table_large_1m": cohort_table("active", "active", 90, 30),
    "table_signup_1m": cohort_table("signup", "active", 31, 12),
    "expression_1m": expression,
    "union_dense_1m": union("active", 90),
}
FIRST_NUMBER_ONLY = {"expression", "expression_1m"}  # the job counts every node, the root first


class JobServer:
    def __init__(self, folder, port):
        self.process = subprocess.Popen([os.path.join(folder, "job_server"), str(port)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.jobs = json.loads(self.process.stdout.readline())

    def ask(self, what, name, times):
        print(what, name, times, file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        return statistics.median(answer["nanoseconds"]) / 1e6, answer.get("answer")


def fill(folder, port, suffix):
    """Puts the same data into the server that the job server holds."""
    subprocess.run(["redis-cli", "-p", str(port), "flushall"], check=True, capture_output=True)
    writer = subprocess.Popen(
        [os.path.join(folder, "fill_redis"), str(USERS[suffix]), *DATA[suffix]],
        stdout=subprocess.PIPE)
    subprocess.run(["redis-cli", "-p", str(port), "--pipe"], stdin=writer.stdout, check=True,
                   capture_output=True)
    if writer.wait() != 0:
        sys.exit("compare: the data could not be put into redis-server")


def fill_names(port):
    """A million keys of a user each, so that what takes time is their names."""
    server = redis.Redis(port=port, db=1)
    for first in range(0, NAMES, 10_000):
        pipe = server.pipeline(transaction=False)
        for i in range(first, first + 10_000):
            pipe.set(key(f"event{i % 1000:04}", day(i // 1000)), b"\x01")
        pipe.execute()


def measure(job, jobs, server):
    """Medians, in milliseconds, of the job, its peer and its limit."""
    peer = PEERS.get(job["name"])
    times = {"job": [], "peer": [], "limit": []}
    for _ in range(ROUNDS):
        if peer:
            begin = time.perf_counter()
            expected = peer(server)
            times["peer"].append((time.perf_counter() - begin) * 1e3)
        elif job["peerTitle"]:
            took, expected = jobs.ask("peer", job["name"], 1)
            times["peer"].append(took)
        repeats = 1 if job["name"] in SLOW else TIMES
        took, answer = jobs.ask("run", job["name"], repeats)
        times["job"].append(took)
        if job["hasLimit"]:
            times["limit"].append(jobs.ask("limit", job["name"], repeats)[0])
        if times["peer"]:
            compared = answer[:1] if job["name"] in FIRST_NUMBER_ONLY else answer
            if compared != expected:
                sys.exit(f"compare: {job['name']} answers {compared}, its peer {expected}")
    return {what: statistics.median(of) for what, of in times.items() if of}


def ratio(value, wanted, is_least):
    if value is None:
        return "", True
    is_reached = not wanted or (value >= wanted if is_least else value <= wanted)
    text = f"{value:,.0f}x" if value >= 100 else f"{value:.2f}x"
    if wanted:
        text += f" ({'>=' if is_least else '<='} {wanted:,g}x{'' if is_reached else ', MISSED'})"
    return text, is_reached


def row(job, times):
    own, peer, limit = times["job"], times.get("peer"), times.get("limit")
    to_peer, is_peer_reached = ratio(peer and peer / own, job["timesPeer"], True)
    to_limit, is_limit_reached = ratio(limit and own / limit, job["timesLimit"], False)
    peer_title = job["peerTitle"] and ", " + job["peerTitle"]
    cells = [job["title"], f"{own:.3f} ms", f"{peer:.1f} ms{peer_title}" if peer else "", to_peer,
             f"{limit:.3f} ms, {job['limitTitle']}" if limit else "", to_limit]
    return "| " + " | ".join(cells) + " |", is_peer_reached and is_limit_reached


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--bin", required=True)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    bitmapist.setup_redis("default", "127.0.0.1", arguments.port)
    server = redis.Redis(port=arguments.port)
    jobs = JobServer(arguments.bin, arguments.port)
    are_all_reached = True
    for suffix, users in USERS.items():
        wanted = [job for job in jobs.jobs if job["name"].endswith("_1m") == (suffix == "_1m")
                  and (not arguments.names or job["name"] in arguments.names)]
        if not wanted:
            continue
        if any(job["name"] in PEERS for job in wanted):
            fill(arguments.bin, arguments.port, suffix)
        if any(job["name"] == "live_names" for job in wanted):
            fill_names(arguments.port)
        print(f"\n| {users:,} users | Cohortist | today | ratio | limit | ratio |")
        print("|---|---|---|---|---|---|")
        for job in wanted:
            text, is_reached = row(job, measure(job, jobs, server))
            are_all_reached = are_all_reached and is_reached
            print(text, flush=True)
    sys.exit(0 if are_all_reached else 1)


main()
