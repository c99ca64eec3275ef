#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the ISO weeks of every day from 1900 to 2200 as Python's isocalendar has them.

    python3 tests/support/make_calendar_table.py > tests/data/calendar/iso_weeks.txt

A line an ISO year: the year, the Monday of its first week, how many weeks it has. While it writes,
it checks that the lines give back isocalendar for each day, so nothing is lost by their brevity.
"""
import datetime

FIRST = datetime.date(1900, 1, 1)
LAST = datetime.date(2200, 12, 31)
DAY = datetime.timedelta(days=1)

mondays = {}
weeks = {}
day = FIRST
while day <= LAST + 7 * DAY:
    year, week, _ = day.isocalendar()
    mondays.setdefault(year, day)
    weeks[year] = max(weeks.get(year, 0), week)
    day += DAY

day = FIRST
while day <= LAST:
    year, week, weekday = day.isocalendar()
    since = (day - mondays[year]).days
    assert (week, weekday) == (since // 7 + 1, since % 7 + 1) and week <= weeks[year]
    day += DAY

print("# ISO year, Monday of its first week, its weeks; the last year is cut off.")
print("# Made by tests/support/make_calendar_table.py.")
for year, monday in sorted(mondays.items()):
    print(year, monday, weeks[year])
