"""What COMMAND tells clients of each command, beside what Redis tells them."""

import unittest

from redis_process import RedisProcess
from resp_client import RespClient
from server_process import HOST, PATIENCE_S, ServerProcess
from text_client import ReplyError

# Not in the table of the Redis to compare with: HELP is ours alone, DEBUG's
# subcommands it does not list, and the others came with its 7.2.
OURS = {"client|no-touch", "client|setinfo", "debug|help", "debug|object", "debug|sleep", "help",
        "waitaof"}
# Rows that differ, and why.
DIFFERENT = {
    # As in Redis 7.2.
    "command|getkeys", "command|getkeysandflags", "zrank", "zrevrank",
    # Our row is the whole family's, Redis' only the word's before the subcommand.
    "object", "pubsub",
    # Channels are no keys where there is no cluster.
    "spublish", "ssubscribe", "sunsubscribe",
}
# A wrong number of arguments: PROTOCOL.md says why this one differs.
OTHER_ERRORS = {"exec"}

# The others are about scripts, replicas and clusters.
FLAGS = {"write", "readonly", "denyoom", "admin", "fast", "no_auth", "blocking", "pubsub"}

# What is behind these, categories and key specifications, is for ACL rules and
# clusters.
FIELDS = ["name", "arity", "flags", "first key", "last key", "step"]


def plain(value):
    """A value to compare: what has no order gets one, pairs are flat."""
    if isinstance(value, list):
        items = [plain(part) for part in value]
        return sorted(items, key=repr) if type(value).__name__ in ("Set", "Map") else items
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value


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
        for name in sorted(set(ours) - OURS - DIFFERENT):
            for i, field in enumerate(FIELDS):
                mine, other = plain(ours[name][i]), plain(theirs[name][i])
                if field == "flags":
                    mine, other = FLAGS & set(mine), FLAGS & set(other)
                with self.subTest(command=name, field=field):
                    self.assertEqual(mine, other)

    def test_a_wrong_number_of_arguments_is_told_as_redis_tells_it(self):
        ours, theirs = self.table(self.ours), self.table(self.theirs)
        checks = 0
        for name in sorted(set(ours) & set(theirs)):
            words, arity = name.split("|"), ours[name][1]
            counts = [abs(arity) - 1] + ([arity + 1] if arity > 0 else [])
            for count in counts:
                if count < len(words) or ours[name][9] or name in OTHER_ERRORS | DIFFERENT:
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
