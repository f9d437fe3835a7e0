"""RDB files written by hand: what a Redis of today reads but does not write.

The grammar is that of clients/cli/rdb/*.h.
"""

import struct

# Types of values.
STRING, LIST, SET, ZSET, HASH, ZSET_2, MODULE = range(7)
ZIPMAP, LIST_ZIPLIST, SET_INTSET, ZSET_ZIPLIST, HASH_ZIPLIST = range(9, 14)
# Opcodes.
EXPIRETIME_MS, EXPIRETIME, SELECTDB, EOF = range(252, 256)


def length(number):
    if number < 64:
        return bytes([number])
    if number < 16384:
        return struct.pack(">H", 0x4000 | number)
    return b"\x80" + struct.pack(">I", number)


def string(data):
    return length(len(data)) + data


def key(kind, name, value):
    return bytes([kind]) + string(name) + value


def expire_at(seconds):
    return bytes([EXPIRETIME]) + struct.pack("<i", seconds)


def expire_at_ms(milliseconds):
    return bytes([EXPIRETIME_MS]) + struct.pack("<q", milliseconds)


def select(database):
    return bytes([SELECTDB]) + length(database)


def text_score(score):
    if score in ("inf", "-inf"):
        return b"\xfe" if score == "inf" else b"\xff"
    return bytes([len(score)]) + score.encode()


def ziplist(*elements):
    """Elements are bytes, or numbers for the shortest encoding of an integer."""
    body, previous = b"", 0
    for element in elements:
        if isinstance(element, bytes):
            size = len(element)
            data = (bytes([size]) if size < 64 else struct.pack(">H", 0x4000 | size) if size < 16384
                    else b"\x80" + struct.pack(">I", size)) + element
        else:
            data = ziplist_integer(element)
        before = bytes([previous]) if previous < 254 else b"\xfe" + struct.pack("<I", previous)
        body += before + data
        previous = len(before) + len(data)
    header = struct.pack("<IIH", 11 + len(body), 10 + len(body) - previous, len(elements))
    return header + body + b"\xff"


def ziplist_integer(number):
    if 0 <= number <= 12:
        return bytes([0xf1 + number])
    for mark, size in ((0xfe, 1), (0xc0, 2), (0xf0, 3), (0xd0, 4), (0xe0, 8)):
        if -1 << 8 * size - 1 <= number < 1 << 8 * size - 1:
            return bytes([mark]) + number.to_bytes(size, "little", signed=True)
    raise ValueError(number)


def zipmap(**fields):
    body = b"".join(bytes([len(name)]) + name.encode() + bytes([len(value), 0]) + value
                    for name, value in fields.items())
    return bytes([len(fields)]) + body + b"\xff"


def intset(*numbers):
    return struct.pack("<II", 2, len(numbers)) + b"".join(struct.pack("<h", n) for n in numbers)


def crc64(data):
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x95ac9329ac4bc9b5 if crc & 1 else 0)
    return crc


def file(version, *items):
    """A whole file, with a checksum where the version has one."""
    data = b"REDIS%04d" % version + b"".join(items) + bytes([EOF])
    return data + struct.pack("<Q", crc64(data)) if version >= 5 else data
