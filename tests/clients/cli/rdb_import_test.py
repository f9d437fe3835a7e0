"""fastkv-cli import --rdb: what a Redis had is there, and the rest is told."""

import json
import os
import random
import re
import subprocess
import time
import unittest

import rdb_file as rdb
from cli_process import PROGRAM, FastkvCli
from redis_process import RedisProcess
from resp_client import RespClient
from server_process import HOST, ServerProcess, temporary_folder

# Far from now, so that none expires while the test runs.
FAR_MS = 4_000_000_000_123


def resp(server):
    return RespClient(HOST, server.port, timeout=60)


def contents(client):
    """Strings and sorted sets by key, each with when it expires."""
    entries = {}
    for key in client.call("KEYS", "*"):
        kind = client.call("TYPE", key)
        if kind == "string":
            value = client.call("GET", key)
        elif kind == "zset":
            flat = client.call("ZRANGE", key, 0, -1, "WITHSCORES")
            value = [(member, float(score)) for member, score in zip(flat[::2], flat[1::2])]
        else:
            continue
        entries[key] = (kind, value, client.call("PEXPIRETIME", key))
    return entries


def save(client):
    """The bytes of the snapshot that Redis writes."""
    client.call("SAVE")
    path = [client.call("CONFIG", "GET", name)[1].decode() for name in ("dir", "dbfilename")]
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def write_file(name, data):
    path = os.path.join(temporary_folder(), name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def loaded(path, *flags):
    """A Redis with what is in the file."""
    folder, name = os.path.split(path)
    redis = RedisProcess("--dir=" + folder, "--dbfilename=" + name, *flags)
    deadline = time.monotonic() + 60
    with resp(redis) as client:
        client.send("PING")
        while client.read_reply() != "PONG" and time.monotonic() < deadline:
            time.sleep(0.02)
            client.send("PING")
    return redis


def all_is_well(replies):
    for reply in replies:
        if isinstance(reply, Exception):
            raise reply


def fill_strings(client, rng):
    integers = [0, 1, -1, 127, 128, -128, -129, 32767, 32768, -32768, -32769, 2**31 - 1, 2**31,
                -2**31, -2**31 - 1, 2**63 - 1, -2**63]
    values = [b"", b"text", b"\0\r\n\xff" * 3, rng.randbytes(63), rng.randbytes(64),
              rng.randbytes(16383), rng.randbytes(16384), b"a" * 30, b"abcabcab" * 10_000,
              rng.randbytes(70_000), rng.randbytes(100) * 100,
              # Longer than a message takes, and repeated over more than LZF sees.
              rng.randbytes(6 << 20), rng.randbytes(5000) * 2000]
    values += [str(i).encode() for i in integers]
    commands = [("SET", b"string:%d" % i, value) for i, value in enumerate(values)]
    commands += [("SET", b"expiring:%d" % i, b"v", "PXAT", FAR_MS + i) for i in range(100)]
    commands += [("SET", rng.randbytes(rng.randrange(1, 100)), b"binary key") for _ in range(100)]
    commands += [("SET", b"", b"no key"), ("SET", b"key" * 10_000, b"long key")]
    all_is_well(client.pipeline(commands))


def fill_sorted_sets(client, rng):
    scores = ["inf", "-inf", "0", "-0", "1.5", "-3", "100000", "3.1415926535897931", "1e300",
              "-1e-300", "4294967296", "9007199254740993"]
    commands = [("ZADD", "small", *[word for i, score in enumerate(scores)
                                    for word in (score, "m%d" % i)])]
    # Members that a packed set keeps as integers, in every width.
    for i, number in enumerate([0, 127, 128, -1, 4095, -4096, 4096, 32767, -32769, 2**23 - 1,
                                2**23, -2**31, 2**31, 2**63 - 1, -2**63]):
        commands.append(("ZADD", "integers", number, str(number)))
        commands.append(("ZADD", "integer:%d" % i, number, str(number)))
    # And strings, where the length of their length changes.
    for size in (0, 1, 63, 64, 120, 124, 125, 126, 127, 128, 4095, 4096, 16370, 16380):
        commands.append(("ZADD", "lengths", size, rng.randbytes(size)))
    for i in range(5000):
        commands.append(("ZADD", "large", rng.uniform(-1e9, 1e9), b"%d:" % i + rng.randbytes(8)))
    commands.append(("ZADD", "large", "inf", "last", "-inf", "first"))
    commands.append(("ZADD", "many bytes", *[word for i in range(30) for word in
                                             (i, rng.randbytes(100_000))]))
    commands.append(("ZADD", "expiring set", "1", "one"))
    commands.append(("PEXPIREAT", "expiring set", FAR_MS))
    commands.append(("PEXPIREAT", "large", FAR_MS))
    all_is_well(client.pipeline(commands))


def fill_other_types(client):
    commands = [("RPUSH", "list:%d" % i, "a", "1", "x" * 100) for i in range(12)]
    commands += [("RPUSH", "long list", *["element%d" % i for i in range(2000)]),
                 ("RPUSH", "plain list", "y" * 20_000)]
    commands += [("SADD", "integers in a set", 1, 2, 100_000), ("SADD", "a set", "x", "y"),
                 ("SADD", "a large set", *["member%d" % i for i in range(1000)])]
    commands += [("HSET", "a hash", "f", "v", "n", 5),
                 ("HSET", "a large hash", *[word for i in range(1000)
                                            for word in ("f%d" % i, "z" * 70)])]
    commands += [("XADD", "stream", "%d-%d" % (i, i), "field", "value%d" % i)
                 for i in range(1, 300)]
    commands += [("XGROUP", "CREATE", "stream", "group", "0"),
                 ("XGROUP", "CREATE", "stream", "another", "$"),
                 ("XREADGROUP", "GROUP", "group", "alice", "COUNT", 5, "STREAMS", "stream", ">"),
                 ("XREADGROUP", "GROUP", "group", "bob", "COUNT", 3, "STREAMS", "stream", ">"),
                 ("XACK", "stream", "group", "1-1"), ("XDEL", "stream", "2-2"),
                 ("XADD", "bare stream", "*", "f", "v"),
                 ("FUNCTION", "LOAD", "#!lua name=lib\nredis.register_function('f', "
                                      "function() return 1 end)")]
    all_is_well(client.pipeline(commands))
    return {"lists": 14, "sets": 3, "hashes": 2, "streams": 2}


class RdbImportTest(unittest.TestCase):

    maxDiff = 2000

    def assert_same(self, server, wanted):
        """Compares without printing megabytes."""
        with resp(server) as client:
            found = contents(client)
        self.assertEqual(sorted(found), sorted(wanted))
        for key, entry in wanted.items():
            self.assertTrue(found[key] == entry, "%r: %r and %r" % (
                key, str(found[key])[:200], str(entry)[:200]))

    def imported(self, server, path, *words, **options):
        """Imports without an error; what was told of it."""
        code, _, errors = FastkvCli(server).run("import", "--rdb", path, *words, **options)
        self.assertEqual(code, 0, errors)
        return errors

    def refused(self, server, data, *words):
        code, _, errors = FastkvCli(server).run("import", "--rdb", "-", *words, stdin=data)
        self.assertEqual(code, 5, errors)
        return errors

    def test_everything_of_a_real_redis_is_there_afterwards(self):
        seed = random.randrange(1 << 32)
        print("seed", seed)
        rng = random.Random(seed)
        with RedisProcess() as redis, resp(redis) as client:
            fill_strings(client, rng)
            fill_sorted_sets(client, rng)
            skipped = fill_other_types(client)
            # Keys that have expired, but that Redis has not removed yet.
            client.call("DEBUG", "SET-ACTIVE-EXPIRE", 0)
            for i in range(7):
                client.call("SET", "gone:%d" % i, "v", "PX", 1)
            client.call("RPUSH", "gone list", "a")
            client.call("PEXPIRE", "gone list", 1)
            time.sleep(0.05)
            data = save(client)
            first = write_file("first.rdb", data)
            second = write_file("second.rdb", data)
            wanted = contents(client)
        # Without compression and checksum, and with sets that are packed though
        # they are large.
        with loaded(second, "--rdbcompression=no", "--rdbchecksum=no",
                    "--zset-max-listpack-entries=100000",
                    "--zset-max-listpack-value=100000") as redis, resp(redis) as client:
            self.assertEqual(client.call("OBJECT", "ENCODING", "large"), b"listpack")
            self.assertTrue(contents(client) == wanted)
            save(client)
        self.assertGreater(len(wanted), 250)
        for path in (first, second):
            with ServerProcess() as server:
                cli = FastkvCli(server)
                # What is there is replaced, whatever it is, and else left.
                cli.text("set", "small", "a string")
                cli.text("zadd", "large", "1", "another member")
                cli.text("zadd", "string:1", "1", "m")
                cli.text("set", "of our own", "v")
                errors = self.imported(server, path)
                self.assertIn("imported %s entries" % len(wanted), errors.replace(",", ""))
                wanted_here = {**wanted, b"of our own": ("string", b"v", -1)}
                self.assert_same(server, wanted_here)
                # Once more, from a pipe; and told as JSON.
                with open(path, "rb") as file:
                    data = file.read()
                code, _, errors = cli.run("import", "--rdb", stdin=data, flags=["--json"])
                self.assertEqual(code, 0, errors)
                told = json.loads(errors)
                self.assertEqual(told["entries"], len(wanted))
                self.assertEqual(told["bytes"], len(data))
                self.assertEqual(told["skipped"], skipped)
                self.assertEqual(told["functions"], 1)
                # Redis drops what has expired when it loads.
                self.assertEqual(told["expired"], 8 if path == first else 0)
                self.assert_same(server, wanted_here)

    def test_what_is_left_out_is_told(self):
        with RedisProcess() as redis, resp(redis) as client:
            fill_other_types(client)
            client.call("SET", "k", "v")
            client.call("DEBUG", "SET-ACTIVE-EXPIRE", 0)
            client.call("SET", "gone", "v", "PX", 1)
            time.sleep(0.05)
            data = save(client)
        with ServerProcess() as server:
            errors = self.imported(server, "-", stdin=data)
            self.assertIn("imported 1 entries", errors)
            self.assertIn("skipped, for FastKV has no such types: 14 lists, 3 sets, 2 hashes, "
                          "2 streams, 1 library of functions\n", errors)
            self.assertIn("left out: 1 key that has expired\n", errors)
            self.assertEqual(self.imported(server, "-", "--quiet", stdin=data), "")

    def test_one_database_is_imported_and_the_others_are_told(self):
        with RedisProcess() as redis, resp(redis) as client:
            for database in (0, 3, 15):
                client.call("SELECT", database)
                for i in range(database + 1):
                    client.call("SET", "key:%d" % i, "of %d" % database)
            data = save(client)
        with ServerProcess() as server:
            errors = self.imported(server, "-", stdin=data)
            self.assertIn("left out: 20 keys of other databases (4 of 3, 16 of 15)", errors)
            self.assert_same(server, {b"key:0": ("string", b"of 0", -1)})
        with ServerProcess() as server:
            errors = self.imported(server, "-", "--db=3", stdin=data)
            self.assertIn("left out: 17 keys of other databases (1 of 0, 16 of 15)", errors)
            self.assert_same(server, {b"key:%d" % i: ("string", b"of 3", -1) for i in range(4)})

    def test_what_redis_cli_fetches_goes_through_a_pipe(self):
        with RedisProcess() as redis, resp(redis) as client:
            all_is_well(client.pipeline([("SET", "k%d" % i, "v") for i in range(1000)]))
            wanted = contents(client)
            fetched = subprocess.run(["/usr/bin/redis-cli", "-p", str(redis.port), "--rdb", "-"],
                                     stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                     timeout=60, check=True).stdout
        with ServerProcess() as server:
            self.imported(server, "-", stdin=fetched)
            self.assert_same(server, wanted)

    def test_old_encodings_are_read_as_redis_reads_them(self):
        items = [
            rdb.select(0),
            rdb.key(rdb.STRING, b"s", rdb.string(b"v")),
            rdb.expire_at(FAR_MS // 1000 // 2),
            rdb.key(rdb.STRING, b"seconds", rdb.string(b"v")),
            rdb.expire_at_ms(FAR_MS),
            rdb.key(rdb.ZSET, b"text scores", rdb.length(5) + b"".join(
                rdb.string(member) + rdb.text_score(score) for member, score in (
                    (b"first", "-inf"), (b"a", "-1.5"), (b"b", "3.1400000000000001"),
                    (b"c", "12345678901234567000"), (b"last", "inf")))),
            rdb.key(rdb.ZSET_ZIPLIST, b"ziplist", rdb.string(rdb.ziplist(
                b"first", b"-inf", b"a", -2**53, b"b", -2**31, b"c", -2**23, b"d", -32768,
                b"e", -128, 0, 0, b"f", b"1.5", b"l" * 300, b"2.5", b"m" * 253, 3, 5, 12,
                b"g", 13, b"h", 128, b"i", 32768, b"j", 2**23 - 1, b"k", 2**31 - 1,
                b"last", b"inf"))),
            rdb.key(rdb.LIST_ZIPLIST, b"list", rdb.string(rdb.ziplist(b"a", 1))),
            rdb.key(rdb.SET_INTSET, b"set", rdb.string(rdb.intset(1, 2, 300))),
            rdb.key(rdb.ZIPMAP, b"zipmap", rdb.string(rdb.zipmap(f=b"v", g=b"w" * 100))),
            rdb.key(rdb.HASH_ZIPLIST, b"hash", rdb.string(rdb.ziplist(b"f", b"v"))),
            rdb.key(rdb.LIST, b"old list", rdb.length(2) + rdb.string(b"a") + b"\xc0\x05"),
            rdb.key(rdb.SET, b"old set", rdb.length(1) + rdb.string(b"a")),
            rdb.key(rdb.HASH, b"old hash", rdb.length(1) + rdb.string(b"f") + rdb.string(b"v")),
        ]
        for version in (1, 4, 6):
            path = write_file("old.rdb", rdb.file(version, *items))
            with loaded(path) as redis, resp(redis) as client:
                self.assertEqual(client.call("DBSIZE"), 11)
                wanted = contents(client)
            self.assertEqual(len(wanted), 4)
            with ServerProcess() as server:
                errors = self.imported(server, path)
                self.assertIn("no such types: 2 lists, 2 sets, 3 hashes", errors)
                self.assert_same(server, wanted)

    def test_the_latest_expiry_of_redis_is_taken(self):
        last = 2**63 - 1
        with RedisProcess() as redis, resp(redis) as client:
            client.call("SET", "s", "v", "PXAT", last)
            client.call("ZADD", "z", 1, "m")
            client.call("PEXPIREAT", "z", last)
            self.assertEqual(client.call("PEXPIRETIME", "s"), last)
            data = save(client)
        with ServerProcess() as server:
            self.imported(server, "-", stdin=data)
            self.assert_same(server, {b"s": ("string", b"v", last - 1),
                                      b"z": ("zset", [(b"m", 1.0)], last - 1)})

    def test_a_file_that_ends_early_tells_where_and_what_was_imported(self):
        members = 5000
        whole = rdb.file(
            9, rdb.key(rdb.STRING, b"before", rdb.string(b"v")),
            rdb.expire_at_ms(FAR_MS),
            rdb.key(rdb.ZSET, b"board", rdb.length(members) + b"".join(
                rdb.string(b"member%d" % i) + rdb.text_score(str(i)) for i in range(members))),
            rdb.key(rdb.STRING, b"after", rdb.string(b"v")))
        with ServerProcess() as server:
            cli = FastkvCli(server)
            cli.text("set", "board", "what was there before")
            half = len(whole) // 2
            errors = self.refused(server, whole[:half])
            self.assertIn("error: the standard input: the file is cut off, at byte %d; "
                          "1 entry imported before, and the sorted set \"board\" in part\n"
                          % half, errors)
            self.assertIn("imported 1 entries", errors)
            self.assertEqual(cli.text("get", "before"), "v\n")
            self.assertEqual(cli.json("exists", "board")["type"], "sorted_set")
            # And again as a whole.
            self.imported(server, "-", stdin=whole)
            with resp(server) as client:
                found = contents(client)
            self.assertEqual(found[b"after"], ("string", b"v", -1))
            kind, value, expiry = found[b"board"]
            self.assertEqual((kind, expiry), ("zset", FAR_MS))
            self.assertEqual(sorted(value), sorted((b"member%d" % i, i) for i in range(members)))

    def test_files_that_are_not_right_are_refused_and_name_the_byte(self):
        key = rdb.key(rdb.STRING, b"k", rdb.string(b"v"))
        good = rdb.file(11, key)
        changed = bytearray(good)
        changed[13] ^= 1
        cases = [
            (b"{}\n" * 10, r"not an RDB file: it does not begin with REDIS and a version, at "
                           r"byte 0; 0 entries"),
            (rdb.file(13, key), r"the file is of RDB version 13; this program reads 12 and those "
                                r"before, at byte 0; 0 entries"),
            (bytes(changed), r"the checksum is [0-9a-f]{16} and should be [0-9a-f]{16}: the file "
                             r"is damaged somewhere, at byte 15; 1 entry"),
            (rdb.file(11, key, rdb.key(rdb.MODULE, b"mod", b"?")),
             r'key "mod" has a module\'s value of the old form that cannot be skipped, at byte '
             r'14; 1 entry'),
            (rdb.file(11, key, rdb.key(99, b"new", b"?")),
             r'key "new" has the type 99, which is unknown, at byte 14; 1 entry'),
            (good + b"*1\r\n$4\r\nPING\r\n", r"something follows the end of the RDB file, .*, at "
                                            r"byte 23; 1 entry"),
            (b"REDIS0011\x00\x01k\x81" + b"\x80" + b"\0" * 7,
             r"a string of 9223372036854775808 bytes, more than 512 MiB, at byte 21; 0 entries"),
        ]
        with ServerProcess() as server:
            for data, message in cases:
                errors = self.refused(server, data)
                self.assertRegex(errors, r"error: the standard input: " + message +
                                 r" imported before\n")
            path = write_file("damaged.rdb", good[:-1])
            code, _, errors = FastkvCli(server).run("import", "--rdb", path)
            self.assertEqual(code, 5)
            self.assertIn("error: %s: the file is cut off, at byte 22" % path, errors)
            code, _, errors = FastkvCli(server).run("import", "--rdb", path + ".not")
            self.assertEqual(code, 5)
            self.assertIn("cannot open", errors)

    def test_a_server_that_goes_away_is_an_error_that_says_what_to_do(self):
        data = rdb.file(4, *[rdb.key(rdb.STRING, b"k%d" % i, rdb.string(b"v"))
                             for i in range(200_000)])
        with ServerProcess("--shutdown_grace=0s") as server:
            importing = subprocess.Popen(
                [PROGRAM, *FastkvCli(server).flags, "import", "--rdb"], stdin=subprocess.PIPE,
                stderr=subprocess.PIPE)
            # Half of it, so that the import cannot end before the server does.
            importing.stdin.write(data[:len(data) // 2])
            importing.stdin.flush()
            with server.client() as client:
                while int(client.call("DBSIZE")) < 5000:
                    pass
            server.stop()
            errors = importing.communicate(data[len(data) // 2:])[1].decode()
            self.assertEqual(importing.returncode, 4, errors)
            done = int(re.search(r"; ([\d,]+) entries imported, import the file again",
                                 errors)[1].replace(",", ""))
            self.assertGreater(done, 1000)
            self.assertLess(done, 200_000)
        with ServerProcess() as server:
            self.imported(server, "-", stdin=data)
            with server.client() as client:
                self.assertEqual(int(client.call("DBSIZE")), 200_000)

    def test_keys_and_members_that_no_message_takes_end_only_themselves(self):
        long = b"l" * (12 << 20)
        items = [rdb.key(rdb.STRING, b"first", rdb.string(b"v")),
                 rdb.key(rdb.STRING, long, rdb.string(b"v")),
                 rdb.key(rdb.STRING, b"second", rdb.string(b"v")),
                 rdb.key(rdb.ZSET, b"set", rdb.length(1) + rdb.string(long) + rdb.text_score("1")),
                 rdb.key(rdb.ZSET, b"third", rdb.length(2) + rdb.string(long[:5 << 20]) +
                         rdb.text_score("1") + rdb.string(b"m") + rdb.text_score("2"))]
        data = rdb.file(4, *items)
        with ServerProcess("--grpc_max_message_bytes=10000000") as server:
            errors = self.refused(server, data, "--keep_going")
            at = [9 + sum(map(len, items[:i])) for i in range(5)]
            self.assertIn("byte %d: Received message larger than max" % at[1], errors)
            self.assertIn("byte %d: Received message larger than max" % at[3], errors)
            self.assertIn("error: some entries are left out, the first is at byte %d\n" % at[1],
                          errors)
            self.assertIn("imported 3 entries", errors)
            self.assert_same(server, {
                b"first": ("string", b"v", -1), b"second": ("string", b"v", -1),
                b"third": ("zset", [(long[:5 << 20], 1.0), (b"m", 2.0)], -1)})
        with ServerProcess("--grpc_max_message_bytes=10000000") as server:
            errors = self.refused(server, data)
            self.assertIn("error: the import ends with the error at byte %d\n" % at[1], errors)
            self.assert_same(server, {b"first": ("string", b"v", -1)})

    def test_options_that_do_not_go_together_are_refused(self):
        with ServerProcess() as server:
            for words in (["--rdb", "--from_line=2"], ["--db=1"], ["--rdb", "--db=-1"],
                          ["--rdb", "--db=x"]):
                code, _, errors = FastkvCli(server).run("import", *words)
                self.assertEqual(code, 2, errors)
                self.assertIn("--", errors)


if __name__ == "__main__":
    unittest.main()
