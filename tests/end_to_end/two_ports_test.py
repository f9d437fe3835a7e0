"""One keyspace behind both ports: what one side writes, the other reads."""

import threading
import time
import unittest

import grpc

from fastkv.v1 import key_value_pb2 as kv
from fastkv.v1 import key_value_pb2_grpc
from fastkv.v1 import sorted_set_pb2 as zset
from fastkv.v1 import sorted_set_pb2_grpc
from fastkv.v1 import types_pb2
from legacy_client import LegacyClient
from resp_client import RespClient
from server_process import HOST, PATIENCE_S, SANITIZED, ServerProcess

INCREMENTS = 5_000 if SANITIZED else 100_000


class TwoPortsTest(unittest.TestCase):

    def setUp(self):
        self.server = ServerProcess("--workers=2")
        self.addCleanup(self.server.__exit__, None, None, None)
        self.text = self.server.client(timeout=PATIENCE_S)
        self.addCleanup(self.text.close)
        channel = grpc.insecure_channel(self.server.grpc_address)
        self.addCleanup(channel.close)
        self.values = key_value_pb2_grpc.KeyValueServiceStub(channel)
        self.sets = sorted_set_pb2_grpc.SortedSetServiceStub(channel)

    def test_strings_cross_both_ways(self):
        for value in (b"", b"hello", bytes(range(256)), b"v" * 100_000):
            self.assertEqual(self.text.set("from_text", value), "OK")
            got = self.values.Get(kv.GetRequest(key=b"from_text"))
            self.assertTrue(got.HasField("value"))
            self.assertEqual(got.value, value)
            self.assertTrue(self.values.Set(kv.SetRequest(key=b"from_rpc", value=value)).applied)
            self.assertEqual(self.text.call("GET", "from_rpc"), value)
        self.text.call("APPEND", "both", "a")
        self.assertEqual(self.values.Append(kv.AppendRequest(key=b"both", suffix=b"b")).length, 2)
        self.assertEqual(self.text.call("GET", "both"), b"ab")

    def test_misses_and_deletions_are_seen_from_both(self):
        self.assertFalse(self.values.Get(kv.GetRequest(key=b"k")).HasField("value"))
        self.assertIsNone(self.text.call("GET", "k"))
        self.text.set("k", "v")
        self.assertTrue(self.values.Delete(kv.DeleteRequest(key=b"k")).deleted)
        self.assertEqual(self.text.call("EXISTS", "k"), 0)
        self.values.Set(kv.SetRequest(key=b"k", value=b"v"))
        self.assertEqual(self.text.call("DEL", "k"), 1)
        self.assertFalse(self.values.Exists(kv.ExistsRequest(key=b"k")).exists)

    def test_batches_cross(self):
        self.text.call("MSET", "a", "1", "b", "2")
        got = self.values.BatchGet(kv.BatchGetRequest(keys=[b"a", b"none", b"b"])).results
        self.assertEqual([r.value if r.HasField("value") else None for r in got],
                         [b"1", None, b"2"])
        self.values.BatchSet(kv.BatchSetRequest(entries=[
            kv.BatchSetEntry(key=b"c", value=b"3"), kv.BatchSetEntry(key=b"d", value=b"4")]))
        self.assertEqual(self.text.call("MGET", "c", "d"), [b"3", b"4"])
        names = {info.key for info in self.values.ListKeys(kv.ListKeysRequest()).keys}
        self.assertEqual(names, {b"a", b"b", b"c", b"d"})
        self.assertEqual(set(self.text.call("KEYS", "*")), names)

    def test_sorted_sets_cross_both_ways(self):
        self.assertEqual(self.text.call("ZADD", "z", "1.5", "alice", "-inf", "bob"), 2)
        self.sets.Add(zset.SortedSetServiceAddRequest(
            key=b"z", members=[types_pb2.ScoredMember(member=b"carol", score=0.1)]))
        self.assertEqual(self.text.call("ZRANGE", "z", 0, -1, "WITHSCORES"),
                         [b"bob", b"-inf", b"carol", b"0.1", b"alice", b"1.5"])
        members = self.sets.Range(zset.SortedSetServiceRangeRequest(
            key=b"z", with_scores=True)).members
        self.assertEqual([(m.member, m.score) for m in members],
                         [(b"bob", float("-inf")), (b"carol", 0.1), (b"alice", 1.5)])
        rank = self.sets.GetRank(zset.SortedSetServiceGetRankRequest(key=b"z", member=b"alice"))
        self.assertEqual(rank.rank, self.text.call("ZRANK", "z", "alice"))

    def test_a_wrong_type_is_an_error_on_both(self):
        self.text.call("ZADD", "z", "1", "m")
        with self.assertRaises(grpc.RpcError) as raised:
            self.values.Get(kv.GetRequest(key=b"z"))
        self.assertEqual(raised.exception.code(), grpc.StatusCode.FAILED_PRECONDITION)
        with self.assertRaisesRegex(Exception, "^WRONGTYPE "):
            self.text.call("GET", "z")

    def test_expiry_is_seen_from_both(self):
        self.text.set("from_text", "v", expiry_s=100)
        self.values.Set(kv.SetRequest(key=b"from_rpc", value=b"v", ttl_ms=100_000))
        self.assertEqual(self.text.call("TTL", "from_rpc"), 100)
        ttl_ms = self.values.GetTtl(kv.GetTtlRequest(key=b"from_text")).ttl_ms
        self.assertTrue(0 < ttl_ms <= 100_000, ttl_ms)
        self.values.Persist(kv.PersistRequest(key=b"from_text"))
        self.assertEqual(self.text.call("TTL", "from_text"), -1)

        self.text.call("PEXPIRE", "from_text", 300)
        self.values.Expire(kv.ExpireRequest(key=b"from_rpc", ttl_ms=300))
        time.sleep(0.35)
        for key in ("from_text", "from_rpc"):
            self.assertIsNone(self.text.call("GET", key))
            self.assertFalse(self.values.Get(kv.GetRequest(key=key.encode())).HasField("value"))
            self.assertEqual(self.text.call("TTL", key), -2)
            self.assertFalse(self.values.GetTtl(kv.GetTtlRequest(key=key.encode())).exists)

    def test_one_key_is_the_same_in_every_framing_and_over_grpc(self):
        with RespClient(HOST, self.server.port, version=3) as resp, \
                LegacyClient(HOST, self.server.port) as legacy:
            self.assertEqual(resp.call("SET", "n", "41"), "OK")
            self.assertEqual(self.values.Get(kv.GetRequest(key=b"n")).value, b"41")
            self.assertEqual(self.text.call("INCR", "n"), 42)
            self.assertEqual(legacy.call("pexpire", "n", 100_000), 1)

            self.assertEqual(resp.call("GET", "n"), b"42")
            self.assertEqual(self.values.Get(kv.GetRequest(key=b"n")).value, b"42")
            self.assertEqual(self.text.call("GET", "n"), b"42")
            self.assertEqual(legacy.call("get", "n"), b"42")
            for ttl_ms in (resp.call("PTTL", "n"), self.text.call("PTTL", "n"),
                           legacy.call("pttl", "n"),
                           self.values.GetTtl(kv.GetTtlRequest(key=b"n")).ttl_ms):
                self.assertTrue(0 < ttl_ms <= 100_000, ttl_ms)

    def test_increments_on_two_ports_at_once_lose_none(self):
        start = threading.Barrier(2)
        seen_by_text = []

        def by_text():
            batch = 20
            start.wait(PATIENCE_S)
            for _ in range(INCREMENTS // batch):
                self.text.send(b"INCR n\r\n" * batch)
                seen_by_text.extend(self.text.read_reply() for _ in range(batch))

        thread = threading.Thread(target=by_text)
        thread.start()
        start.wait(PATIENCE_S)
        seen_by_rpc = []
        one = kv.IncrementRequest(key=b"n")
        window = []
        for _ in range(INCREMENTS):
            window.append(self.values.Increment.future(one))
            if len(window) == 100:
                seen_by_rpc.extend(call.result(PATIENCE_S).value for call in window)
                window.clear()
        seen_by_rpc.extend(call.result(PATIENCE_S).value for call in window)
        thread.join()
        # Each value was handed out once, to one of the two.
        self.assertEqual(sorted(seen_by_text + seen_by_rpc), list(range(1, 2 * INCREMENTS + 1)))
        self.assertEqual(self.text.call("GET", "n"), b"%d" % (2 * INCREMENTS))


if __name__ == "__main__":
    unittest.main()
