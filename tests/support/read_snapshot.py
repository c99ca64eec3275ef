#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists the keys of a snapshot file: name, kind, period, count, least and greatest id.

Written from core/store/snapshot/README.md alone, as a proof that the page suffices. Every checksum
is verified, and the text ids are read and looked up both ways, though not printed. Names are printed
in hexadecimal, as they are any bytes.
"""
import sqlite3
import struct
import sys
import urllib.parse

sys.dont_write_bytecode = True
from xxh3 import xxh3  # noqa: E402

TABLES = {"catalog": 1, "sets": 2, "texts": 3, "text_index": 4}
KINDS = ("hour", "day", "week", "month", "unique")
SCHEMA = [
    "CREATE TABLE meta(name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE catalog(id INTEGER PRIMARY KEY, data BLOB NOT NULL)",
    "CREATE TABLE sets(id INTEGER PRIMARY KEY, data BLOB NOT NULL)",
    "CREATE TABLE texts(id INTEGER PRIMARY KEY, data BLOB NOT NULL)",
    "CREATE TABLE text_index(id INTEGER PRIMARY KEY, data BLOB NOT NULL)",
]


def check_header(path):
    with open(path, "rb") as file:
        header = file.read(100)
        size = file.seek(0, 2)
    (pages,) = struct.unpack_from(">I", header, 28)
    expected = bytearray(100)
    expected[0:16] = b"SQLite format 3\0"
    expected[16:24] = struct.pack(">H6B", 16384, 1, 1, 0, 64, 32, 32)
    for offset, value in ((24, 1), (28, pages), (40, 5), (44, 4), (56, 1), (60, 1),
                          (68, 0x434F4854), (92, 1), (96, 3040000)):
        struct.pack_into(">I", expected, offset, value)
    assert header == bytes(expected), "the header is not a snapshot's"
    assert size == 16384 * pages, "the size is wrong"


class Stream:
    def __init__(self, data):
        self.data = data
        self.at = 0

    def varint(self):
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def signed(self):
        value = self.varint()
        return value >> 1 ^ -(value & 1)

    def take(self, length):
        self.at += length
        return self.data[self.at - length:self.at]


def read_keys(stream):
    keys = []
    for _ in range(stream.varint()):
        name = stream.take(stream.varint())
        stream.varint()  # flags
        kinds = stream.varint()
        for kind in range(4):
            if not kinds >> kind & 1:
                continue
            end = None
            for _ in range(stream.varint()):
                first = stream.signed() if end is None else end + 1 + stream.varint()
                end = first + stream.varint() + 1
                keys += [(name, KINDS[kind], period) for period in range(first, end)]
        if kinds >> 4 & 1:
            keys.append((name, "unique", 0))
    return keys


def read_layout(stream):
    """The pieces of a set, or None where it lies whole."""
    if not stream.varint() & 1:
        return None
    pieces = []
    end = 0
    for _ in range(stream.varint()):
        first = end + stream.varint()
        end = first + stream.varint() + 1
        pieces += range(first, end)
    return pieces


def bits_of(data):
    word = int.from_bytes(data, "little")
    return word.bit_count() if hasattr(word, "bit_count") else bin(word).count("1")


def summary(image):
    """Count, least and greatest id of a portable Roaring image."""
    (cookie,) = struct.unpack_from("<I", image)
    has_runs = cookie & 0xFFFF == 12347
    if has_runs:
        containers = (cookie >> 16) + 1
        flags = int.from_bytes(image[4:4 + (containers + 7) // 8], "little")
        at = 4 + (containers + 7) // 8
    else:
        assert cookie == 12346, "no Roaring image"
        (containers,) = struct.unpack_from("<I", image, 4)
        flags = 0
        at = 8
    heads = [struct.unpack_from("<HH", image, at + 4 * i) for i in range(containers)]
    at += 4 * containers
    if not has_runs or containers >= 4:
        at += 4 * containers  # offsets
    count = 0
    least = greatest = None
    for i, (chunk, less_one) in enumerate(heads):
        if flags >> i & 1:
            (runs,) = struct.unpack_from("<H", image, at)
            pairs = [struct.unpack_from("<HH", image, at + 2 + 4 * r) for r in range(runs)]
            found = sum(length + 1 for _, length in pairs)
            low, high = pairs[0][0], sum(pairs[-1])
            at += 2 + 4 * runs
        elif less_one < 4096:
            values = struct.unpack_from(f"<{less_one + 1}H", image, at)
            found, low, high = len(set(values)), values[0], values[-1]
            at += 2 * (less_one + 1)
        else:
            word = int.from_bytes(image[at:at + 8192], "little")
            found = bits_of(image[at:at + 8192])
            low, high = (word & -word).bit_length() - 1, word.bit_length() - 1
            at += 8192
        assert found == less_one + 1, "a container's count is wrong"
        count += found
        least = chunk << 16 | low if least is None else least
        greatest = chunk << 16 | high
    assert at == len(image), "bytes are left over"
    return count, least, greatest


def payload(database, table, row):
    (data,) = database.execute(f"SELECT data FROM {table} WHERE id = ?", (row,)).fetchone()
    (stated,) = struct.unpack_from("<Q", data)
    assert stated == xxh3(data[8:], TABLES[table] << 56 | row), \
        f"the checksum of row {row} of {table} is wrong"
    return data[8:]


def read_meta(database):
    rows = dict(database.execute("SELECT CAST(name AS BLOB), CAST(value AS BLOB) FROM meta"))
    stated = rows.pop(b"checksum")
    summed = b"".join(struct.pack("<I", len(part)) + part
                      for name in sorted(rows) for part in (name, rows[name]))
    assert stated == b"%016x" % xxh3(summed), "the checksum of meta is wrong"
    return {name.decode(): value for name, value in rows.items()}


def read_texts(database):
    texts = {}
    row = 0
    while row < 1 << 32:
        stream = Stream(payload(database, "texts", row))
        end = row + stream.varint()
        at = row
        for _ in range(stream.varint()):
            at += stream.varint()
            texts[at] = stream.take(stream.varint())
            at += 1
        assert stream.at == len(stream.data) and at <= end <= 1 << 32, "a block of texts is wrong"
        row = end
    return texts


def check_index(database, bits, texts):
    indexed = set()
    for row in range(1 << bits):
        bucket = payload(database, "text_index", row)
        entries = list(struct.iter_unpack("<II", bucket))
        assert all(a < b for a, b in zip(entries, entries[1:])), "a bucket is out of order"
        for low, number in entries:
            text_hash = xxh3(texts[number])
            assert (text_hash & 0xFFFFFFFF, text_hash >> 64 - bits) == (low, row), \
                "a text lies in the wrong bucket"
            indexed.add(number)
    assert indexed == set(texts), "the index lacks texts"


def main(path):
    check_header(path)
    database = sqlite3.connect(f"file:{urllib.parse.quote(path)}?immutable=1", uri=True)
    assert [sql for (sql,) in database.execute("SELECT sql FROM sqlite_schema ORDER BY rowid")] \
        == SCHEMA, "the tables are not a snapshot's"
    meta = read_meta(database)
    data = b""
    row = 0
    while len(data) < int(meta["catalog_bytes"]):
        data += payload(database, "catalog", row)
        row += 1
    stream = Stream(data)
    keys = read_keys(stream)
    assert len(keys) == int(meta["keys"]), "the number of keys is wrong"
    rows = 0
    for number, (name, kind, period) in enumerate(keys + [(b"", "everyone", 0)]):
        pieces = read_layout(stream)
        ids = [number] if pieces is None else [(piece + 1) << 32 | number for piece in pieces]
        parts = [summary(payload(database, "sets", row)) for row in ids]
        rows += len(ids)
        filled = [part for part in parts if part[0] > 0]
        count = sum(part[0] for part in filled)
        ends = (filled[0][1], filled[-1][2]) if filled else ("-", "-")
        print(name.hex() or "-", kind, period, count, *ends)
    assert stream.at == len(data), "bytes are left over in the catalogue"
    assert database.execute("SELECT count(*) FROM sets").fetchone() == (rows,), "rows are left over"
    if int(meta["texts"]) > 0:
        texts = read_texts(database)
        assert len(texts) == int(meta["texts"]), "the number of texts is wrong"
        check_index(database, int(meta["text_index_bits"]), texts)


if __name__ == "__main__":
    main(sys.argv[1])
