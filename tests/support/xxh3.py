# SPDX-License-Identifier: GPL-3.0-or-later
"""XXH3 with 64 bits and a seed, written from its specification:
https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md"""

import struct

MASK = 2**64 - 1
PRIME32 = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)
PRIME64 = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63,
           0x27D4EB2F165667C5)
SECRET = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221"
    "b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8a8"
    "fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb17"
    "0ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e")


def u32(data, at):
    return int.from_bytes(data[at:at + 4], "little")


def u64(data, at):
    return int.from_bytes(data[at:at + 8], "little")


def fold(a, b):
    product = a * b
    return (product & MASK) ^ (product >> 64)


def avalanche(h):
    h ^= h >> 37
    h = h * 0x165667919E3779F9 & MASK
    return h ^ h >> 32


def avalanche64(h):
    h ^= h >> 33
    h = h * PRIME64[1] & MASK
    h ^= h >> 29
    h = h * PRIME64[2] & MASK
    return h ^ h >> 32


def mix16(data, at, secret_at, seed):
    return fold(u64(data, at) ^ (u64(SECRET, secret_at) + seed) & MASK,
                u64(data, at + 8) ^ (u64(SECRET, secret_at + 8) - seed) & MASK)


def xxh3_short(data, seed):
    n = len(data)
    if n == 0:
        return avalanche64(seed ^ u64(SECRET, 56) ^ u64(SECRET, 64))
    if n <= 3:
        combined = data[0] << 16 | data[n >> 1] << 24 | data[-1] | n << 8
        return avalanche64(combined ^ (u32(SECRET, 0) ^ u32(SECRET, 4)) + seed & MASK)
    if n <= 8:
        seed ^= int.from_bytes((seed & 0xFFFFFFFF).to_bytes(4, "little"), "big") << 32
        flip = (u64(SECRET, 8) ^ u64(SECRET, 16)) - seed & MASK
        h = u32(data, n - 4) + (u32(data, 0) << 32) ^ flip
        h ^= (h << 49 | h >> 15) & MASK ^ (h << 24 | h >> 40) & MASK
        h = h * 0x9FB21C651E98DF25 & MASK
        h ^= (h >> 35) + n
        h = h * 0x9FB21C651E98DF25 & MASK
        return h ^ h >> 28
    low_flip = (u64(SECRET, 24) ^ u64(SECRET, 32)) + seed & MASK
    high_flip = (u64(SECRET, 40) ^ u64(SECRET, 48)) - seed & MASK
    low = u64(data, 0) ^ low_flip
    high = u64(data, n - 8) ^ high_flip
    swapped = int.from_bytes(low.to_bytes(8, "little"), "big")
    return avalanche(n + swapped + high + fold(low, high) & MASK)


def xxh3_middle(data, seed):
    n = len(data)
    h = n * PRIME64[0] & MASK
    if n <= 128:
        for i in range((n - 1) // 32, -1, -1):
            h += mix16(data, 16 * i, 32 * i, seed) + mix16(data, n - 16 * (i + 1), 32 * i + 16, seed)
        return avalanche(h & MASK)
    for i in range(8):
        h += mix16(data, 16 * i, 16 * i, seed)
    h = avalanche(h & MASK)
    for i in range(8, n // 16):
        h += mix16(data, 16 * i, 16 * (i - 8) + 3, seed)
    return avalanche(h + mix16(data, n - 16, 136 - 17, seed) & MASK)


def xxh3_long(data, seed):
    n = len(data)
    secret = b"".join(struct.pack("<QQ", (u64(SECRET, i) + seed) & MASK,
                                  (u64(SECRET, i + 8) - seed) & MASK)
                      for i in range(0, 192, 16))
    keys = [struct.unpack_from("<8Q", secret, 8 * i) for i in range(17)]
    a = [PRIME32[2], PRIME64[0], PRIME64[1], PRIME64[2], PRIME64[3], PRIME32[1], PRIME64[4],
         PRIME32[0]]

    def accumulate(at, key):
        stripe = struct.unpack_from("<8Q", data, at)
        for i in range(8):
            mixed = stripe[i] ^ key[i]
            a[i ^ 1] = a[i ^ 1] + stripe[i] & MASK
            a[i] = a[i] + (mixed & 0xFFFFFFFF) * (mixed >> 32) & MASK

    stripes = (n - 1) // 64
    for stripe in range(stripes):
        accumulate(64 * stripe, keys[stripe % 16])
        if stripe % 16 == 15 and 64 * (stripe + 1) < n:
            for i in range(8):
                a[i] = (a[i] ^ a[i] >> 47 ^ keys[16][i]) * PRIME32[0] & MASK
    accumulate(n - 64, struct.unpack_from("<8Q", secret, 121))
    h = n * PRIME64[0]
    for i in range(4):
        h += fold(a[2 * i] ^ u64(secret, 11 + 16 * i), a[2 * i + 1] ^ u64(secret, 19 + 16 * i))
    return avalanche(h & MASK)


def xxh3(data, seed=0):
    if len(data) <= 16:
        return xxh3_short(data, seed)
    return xxh3_middle(data, seed) if len(data) <= 240 else xxh3_long(data, seed)
