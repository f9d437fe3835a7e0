"""What COMMAND tells clients of each command, beside what Redis tells them."""

import unittest

from redis_process import RedisProcess
from resp_client import RespClient
from server_process import HOST, PATIENCE_S, ServerProcess
from text_client import ReplyError

# Not in the table of the Redis to compare with: HELP is ours alone, DEBUG's
# subcommands it does not list, and the others came with its 7.2.
OURS = {"client|no-touch", "client|setinfo", "debug|help", "debug|object", "debug|protocol",
        "debug|sleep", "help", "waitaof"}
# Rows that differ, and why.
DIFFERENT = {
    # As in Redis 7.2: arity.
    "command|getkeys": {"arity"}, "command|getkeysandflags": {"arity"},
    "zrank": {"arity"}, "zrevrank": {"arity"},
    # A command with subcommands here, one that reads its words itself there.
    "debug": {"flags"},
    # Options whose keys cannot be told are described as such there.
    "sort": {"key specifications"}, "sort_ro": {"key specifications"},
}

FIELDS = {
    "name": 0, "arity": 1, "flags": 2, "first key": 3, "last key": 4, "step": 5,
    "categories": 6, "key specifications": 8,
}


def plain(value):
    """A value to compare: what has no order gets one, pairs are flat."""
    if isinstance(value, list):
        items = [plain(part) for part in value]
        return sorted(items, key=repr) if type(value).__name__ in ("Set", "Map") else items
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value


def places(specifications):
    """What of key specifications says where the keys are; flags and notes say what for."""
    return [[part for part in spec if part[0] in (b"begin_search", b"find_keys")]
            for spec in specifications]


class CommandTableTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.server, cls.redis = ServerProcess(), RedisProcess()
        cls.ours = RespClient(HOST, cls.server.port, timeout=PATIENCE_S, version=3)
        cls.theirs = RespClient(HOST, cls.redis.port, timeout=PATIENCE_S, version=3)

    @classmethod
    def tearDownClass(cls):
        cls.ours.close()
        cls.theirs.close()
        cls.redis.stop()
        cls.server.__exit__(None, None, None)

    @staticmethod
    def names(client, request):
        return {name.decode() for name in client.call(*request)}

    @staticmethod
    def table(client):
        rows = {}
        for row in client.call("COMMAND"):
            rows[row[0].decode()] = row
            for subcommand in row[9]:
                rows[subcommand[0].decode()] = subcommand
        return rows

    def test_rows_are_those_of_redis(self):
        ours, theirs = self.table(self.ours), self.table(self.theirs)
        self.assertEqual(sorted(set(ours) - set(theirs)), sorted(OURS))
        for name in sorted(set(ours) & set(theirs)):
            for field, i in FIELDS.items():
                mine, other = plain(ours[name][i]), plain(theirs[name][i])
                if field == "key specifications":
                    mine, other = places(mine), places(other)
                with self.subTest(command=name, field=field):
                    if field in DIFFERENT.get(name, ()):
                        self.assertNotEqual(mine, other)
                    else:
                        self.assertEqual(mine, other)

    def test_lists_of_names_are_those_of_redis(self):
        ours, theirs = set(self.table(self.ours)), set(self.table(self.theirs))
        lists = [["COMMAND", "LIST"], ["COMMAND", "LIST", "FILTERBY", "PATTERN", "*|h*"]]
        for category in self.theirs.call("ACL", "CAT"):
            lists.append(["COMMAND", "LIST", "FILTERBY", "ACLCAT", category.decode()])
            lists.append(["ACL", "CAT", category.decode()])
        for request in lists:
            with self.subTest(request=" ".join(request)):
                mine, other = self.names(self.ours, request), self.names(self.theirs, request)
                self.assertEqual(sorted((mine - other) & theirs), [])
                self.assertEqual(sorted((other - mine) & ours), [])

    def test_a_wrong_number_of_arguments_is_told_as_redis_tells_it(self):
        ours, theirs = self.table(self.ours), self.table(self.theirs)
        checks = 0
        for name in sorted(set(ours) & set(theirs)):
            words, arity = name.split("|"), ours[name][1]
            counts = [abs(arity) - 1] + ([arity + 1] if arity > 0 else [])
            for count in counts:
                if count < len(words) or ours[name][9] or "arity" in DIFFERENT.get(name, ()):
                    continue
                args = words + ["x"] * (count - len(words))
                with self.subTest(command=" ".join(args)):
                    self.assertEqual(self.error(self.ours, args), self.error(self.theirs, args))
                    checks += 1
        self.assertGreater(checks, 100)

    def error(self, client, args):
        client.send(*args)
        reply = client.read_reply()
        self.assertIsInstance(reply, ReplyError)
        return str(reply)


if __name__ == "__main__":
    unittest.main()
