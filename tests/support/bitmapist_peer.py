# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks random events by bitmapist or bitmapist4 and prints what they answer, a line of JSON each.

Arguments: bitmapist or bitmapist4, and the server's port. Each line of input is a seed: the server
is emptied, events are marked through the package alone, and these lines are printed: {"prefix"},
{"count", "query"} for operations, {"by", "cohort", "return", "rows": [[date, size, cells]]} for
cohort tables (a blank cell is null), and {"end"}.
"""

import datetime
import json
import random
import sys

import redis

KIND, PORT = sys.argv[1], int(sys.argv[2])
RANDOM = random.Random()
NAMES = ["active", "task:add", "a_b", "os/web", "plan#1", "x-y", "two words", "caf\u00e9"]
BY = {"days": "day", "weeks": "week", "months": "month", "years": "year"}
MIDDLE = datetime.datetime(2025, 12, 28, tzinfo=datetime.timezone.utc)  # weeks and years turn near
EVENTS = []


def say(**line):
    print(json.dumps(line), flush=True)


def quoted(name):
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def moments():
    """(event, user, time), clustered so that tables have something in them."""
    days = RANDOM.choice([10, 60, 400])
    users = RANDOM.choice([8, 40, 300])
    for event in EVENTS:
        yield event, 1, MIDDLE
    for _ in range(RANDOM.choice([30, 300, 1200])):
        when = MIDDLE + datetime.timedelta(
            days=RANDOM.randint(-days, min(days, 300)), hours=RANDOM.randint(0, 23))
        user = RANDOM.randrange(users) if RANDOM.random() < 0.95 else RANDOM.randrange(2_000_000)
        yield RANDOM.choice(EVENTS), user, when


def both(a, b, when):
    first = f"{quoted(a)}@{when}"
    return f"({first} & {quoted(b)}@{when})" if b else first


def with_bitmapist():
    import bitmapist
    import bitmapist.cohort

    bitmapist.setup_redis("default", "127.0.0.1", PORT)
    for event, user, when in moments():
        bitmapist.mark_event(event, user, now=when, track_hourly=RANDOM.random() < 0.3,
                             track_unique=RANDOM.random() < 0.2)
    say(prefix="trackist_")
    for group, unit in BY.items():
        for has_more in (False, True):
            a, b, c, d = (RANDOM.choice(EVENTS) for _ in range(4))
            rows, columns = RANDOM.randint(1, 12), RANDOM.randint(0, 8)
            start = MIDDLE + datetime.timedelta(days=RANDOM.randint(-40, 10))
            table = bitmapist.cohort.get_dates_data(
                a, b, c if has_more else None, d if has_more else None, time_group=group,
                as_percent=False, num_results=rows, num_of_rows=columns,
                start_date=start.strftime("%Y-%m-%d"))
            say(by=unit, cohort=both(a, has_more and c, "period"),
                **{"return": both(b, has_more and d, "period")},
                rows=[[row[0].strftime("%Y-%m-%d"), row[1],
                       [None if cell == "" else int(cell) for cell in row[2:]]]
                      for row in table])
    operations(bitmapist.DayEvents, bitmapist.WeekEvents, bitmapist.MonthEvents,
               bitmapist.YearEvents, bitmapist.BitOpAnd, bitmapist.BitOpOr, bitmapist.BitOpXor)
    bitmapist.delete_runtime_bitop_keys()


def with_bitmapist4():
    import bitmapist4
    from bitmapist4.cohort import get_cohort_table

    prefix = RANDOM.choice(["bitmapist_", "bitmapist__", "my_app_"])
    server = bitmapist4.Bitmapist(redis.StrictRedis(port=PORT), key_prefix=prefix,
                                  track_hourly=True)
    for event, user, when in moments():
        server.mark_event(event, user, timestamp=when.replace(tzinfo=None))
    say(prefix=prefix)
    kinds = {"day": server.DayEvents, "week": server.WeekEvents, "month": server.MonthEvents,
             "year": server.YearEvents}
    for unit, kind in kinds.items():
        a, b = (RANDOM.choice(EVENTS) for _ in range(2))
        rows = RANDOM.randint(1, 8)
        columns = RANDOM.randint(1, rows)
        last = MIDDLE + datetime.timedelta(days=RANDOM.randint(0, 20))
        cohort = kind.from_date(a, last)
        table = get_cohort_table(cohort, kind.from_date(b, last), rows, columns, use_percent=False)
        starts = [cohort.delta(i + 1 - rows).period_start() for i in range(rows)]
        say(by=unit, cohort=both(a, None, "period"), **{"return": both(b, None, "period")},
            rows=[[start.strftime("%Y-%m-%d"), row.size, row.cells]
                  for start, row in zip(starts, table.rows)])
    operations(server.DayEvents, server.WeekEvents, server.MonthEvents, server.YearEvents,
               server.BitOpAnd, server.BitOpOr, server.BitOpXor)
    for event in EVENTS:
        say(query=f"{quoted(event)}@unique", count=len(server.UniqueEvents(event)))
    server.delete_temporary_bitop_keys()


def operations(day, week, month, year, and_, or_, xor):
    for _ in range(6):
        when = MIDDLE + datetime.timedelta(days=RANDOM.randint(-10, 10))
        texts = [when.strftime("%Y-%m-%d"), "{}-W{:02}".format(*when.isocalendar()[:2]),
                 when.strftime("%Y-%m")]
        a, b, c = (RANDOM.choice(EVENTS) for _ in range(3))
        parts = [day.from_date(a, when), week.from_date(b, when), month.from_date(c, when)]
        words = [f"{quoted(name)}@{text}" for name, text in zip((a, b, c), texts)]
        for make, sign in ((and_, "&"), (or_, "|"), (xor, "^")):
            say(query=f" {sign} ".join(words), count=len(make(*parts)))
        nested = and_(parts[2], or_(parts[0], parts[1]))
        say(query=f"{words[2]} & ({words[0]} | {words[1]})", count=len(nested))
        say(query=f"{quoted(a)}@{when.year}", count=len(year.from_date(a, when)))
        rolling(day, week, month, year, or_)


def rolling(day, week, month, year, or_):
    """RollingEvents, a published extension: a period or any of the `delta` before it."""
    when = MIDDLE + datetime.timedelta(days=RANDOM.randint(-10, 10))
    delta = RANDOM.randint(1, 6)
    months = [when.year * 12 + when.month - 1 - i for i in range(delta + 1)]
    steps = {
        day: [(then, then.strftime("%Y-%m-%d")) for then in
              (when - datetime.timedelta(days=i) for i in range(delta + 1))],
        week: [(then, "{}-W{:02}".format(*then.isocalendar()[:2])) for then in
               (when - datetime.timedelta(weeks=i) for i in range(delta + 1))],
        month: [(datetime.datetime(m // 12, m % 12 + 1, 9, tzinfo=datetime.timezone.utc),
                 f"{m // 12}-{m % 12 + 1:02}") for m in months],
        year: [(datetime.datetime(when.year - i, 6, 15, tzinfo=datetime.timezone.utc),
                str(when.year - i)) for i in range(delta + 1)]}
    for kind, parts in steps.items():
        name = RANDOM.choice(EVENTS)
        say(query=f"{quoted(name)}@{parts[-1][1]}..{parts[0][1]}",
            count=len(or_(*(kind.from_date(name, then) for then, _ in parts))))


def clear():
    """As bitmapist-server can too, whose star stops at slashes."""
    client = redis.Redis(port=PORT)
    for slashes in range(16):  # a temporary key has those of all its operands
        for key in client.keys("*" + "/*" * slashes):
            client.delete(key)


for line in sys.stdin:
    RANDOM.seed(int(line))
    EVENTS[:] = RANDOM.sample(NAMES, 4)
    clear()
    with_bitmapist() if KIND == "bitmapist" else with_bitmapist4()
    say(end=True)
