"""The gRPC API through a generated Python client, and its standard services."""

import unittest

import grpc

from fastkv.v1 import key_value_pb2 as kv
from fastkv.v1 import key_value_pb2_grpc
from fastkv.v1 import sorted_set_pb2 as zset
from fastkv.v1 import sorted_set_pb2_grpc
from fastkv.v1 import types_pb2
from server_process import PATIENCE_S, ServerProcess


class GrpcTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.server = ServerProcess()
        cls.channel = grpc.insecure_channel(
            cls.server.grpc_address,
            options=[("grpc.max_send_message_length", -1),
                     ("grpc.max_receive_message_length", -1)])
        cls.values = key_value_pb2_grpc.KeyValueServiceStub(cls.channel)
        cls.sets = sorted_set_pb2_grpc.SortedSetServiceStub(cls.channel)

    @classmethod
    def tearDownClass(cls):
        cls.channel.close()
        cls.server.__exit__(None, None, None)

    def setUp(self):
        with self.server.client() as client:
            client.call("FLUSHALL")

    def raw(self, method, request=b""):
        """A unary call of a service that has no generated client here."""
        return self.channel.unary_unary(method)(request, timeout=PATIENCE_S)

    def test_conditions_decide_and_report(self):
        values = self.values
        self.assertFalse(values.Set(kv.SetRequest(key=b"k", value=b"1", must_exist=True)).applied)
        first = values.Set(kv.SetRequest(key=b"k", value=b"1", must_not_exist=True))
        self.assertTrue(first.applied)
        again = values.Set(kv.SetRequest(key=b"k", value=b"2", must_not_exist=True))
        self.assertFalse(again.applied)
        swap = kv.SetRequest(key=b"k", value=b"2", version_equals=first.version,
                             return_previous=True)
        swapped = values.Set(swap)
        self.assertTrue(swapped.applied)
        self.assertEqual(swapped.previous_value, b"1")
        self.assertGreater(swapped.version, first.version)
        self.assertFalse(values.Set(swap).applied)
        self.assertFalse(values.Delete(
            kv.DeleteRequest(key=b"k", version_equals=first.version)).deleted)
        self.assertTrue(values.Delete(kv.DeleteRequest(key=b"k", value_equals=b"2")).deleted)

    def test_numbers_count_and_refuse(self):
        increment = self.values.Increment
        self.assertEqual(increment(kv.IncrementRequest(key=b"n")).value, 1)
        self.assertEqual(increment(kv.IncrementRequest(key=b"n", delta=-11)).value, -10)
        self.values.Set(kv.SetRequest(key=b"s", value=b"text"))
        with self.assertRaises(grpc.RpcError) as raised:
            increment(kv.IncrementRequest(key=b"s"))
        self.assertIn(raised.exception.code(), (grpc.StatusCode.FAILED_PRECONDITION,
                                                grpc.StatusCode.INVALID_ARGUMENT))

    def test_pages_of_keys_are_complete(self):
        wanted = {b"key:%d" % i for i in range(1000)}
        self.values.BatchSet(kv.BatchSetRequest(
            entries=[kv.BatchSetEntry(key=key, value=b"v") for key in wanted]))
        self.values.Set(kv.SetRequest(key=b"other", value=b"v"))
        listed, token, pages = [], "", 0
        while True:
            page = self.values.ListKeys(
                kv.ListKeysRequest(prefix=b"key:", page_size=100, page_token=token))
            listed += [info.key for info in page.keys]
            pages += 1
            token = page.next_page_token
            if not token:
                break
            self.assertLess(pages, 1000)
        self.assertGreater(pages, 1)
        self.assertEqual(len(listed), len(set(listed)))
        self.assertEqual(set(listed), wanted)

    def test_sorted_sets_answer_every_call(self):
        members = [types_pb2.ScoredMember(member=b"m%02d" % i, score=i) for i in range(50)]
        added = self.sets.Add(zset.SortedSetServiceAddRequest(key=b"z", members=members))
        self.assertEqual(added.added, 50)
        got = self.sets.Range(zset.SortedSetServiceRangeRequest(
            key=b"z", by_score=types_pb2.ScoreRange(min=10, max=20, exclude_max=True),
            reverse=True, offset=1, limit=3, with_scores=True)).members
        self.assertEqual([(m.member, m.score) for m in got],
                         [(b"m18", 18), (b"m17", 17), (b"m16", 16)])
        counted = self.sets.Count(zset.SortedSetServiceCountRequest(
            key=b"z", by_score=types_pb2.ScoreRange(min=10)))
        self.assertEqual(counted.count, 40)
        scores = self.sets.GetScores(zset.SortedSetServiceGetScoresRequest(
            key=b"z", members=[b"m07", b"nobody"])).scores
        self.assertEqual(scores[0].score, 7)
        self.assertFalse(scores[1].HasField("score"))
        raised = self.sets.Increment(zset.SortedSetServiceIncrementRequest(
            key=b"z", member=b"m07", delta=0.5))
        self.assertEqual(raised.score, 7.5)
        rank = self.sets.GetRank(zset.SortedSetServiceGetRankRequest(
            key=b"z", member=b"m49", reverse=True))
        self.assertEqual(rank.rank, 0)
        self.assertTrue(rank.HasField("rank"))
        removed = self.sets.Remove(zset.SortedSetServiceRemoveRequest(
            key=b"z", members=[b"m01", b"m02", b"nobody"]))
        self.assertEqual(removed.removed, 2)

    def test_errors_name_their_reason(self):
        self.values.Set(kv.SetRequest(key=b"s", value=b"text"))
        with self.assertRaises(grpc.RpcError) as raised:
            self.sets.Count(zset.SortedSetServiceCountRequest(key=b"s"))
        details = dict(raised.exception.trailing_metadata()).get("grpc-status-details-bin", b"")
        self.assertIn(b"google.rpc.ErrorInfo", details)
        self.assertIn(b"WRONG_TYPE", details)

    def test_a_message_over_the_limit_is_refused_and_the_connection_lives_on(self):
        with self.assertRaises(grpc.RpcError) as raised:
            self.values.Set(kv.SetRequest(key=b"k", value=bytes(65 << 20)), timeout=PATIENCE_S)
        self.assertEqual(raised.exception.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)
        self.assertFalse(self.values.Exists(kv.ExistsRequest(key=b"k")).exists)

    def test_health_is_serving(self):
        # HealthCheckResponse { status = SERVING }, for all and for one service.
        check = "/grpc.health.v1.Health/Check"
        self.assertEqual(self.raw(check), b"\x08\x01")
        name = b"fastkv.v1.KeyValueService"
        self.assertEqual(self.raw(check, b"\x0a" + bytes([len(name)]) + name), b"\x08\x01")

    def test_reflection_lists_the_services(self):
        info = self.channel.stream_stream(
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
        # ServerReflectionRequest { list_services = "" }
        answer = b"".join(info(iter([b"\x3a\x00"]), timeout=PATIENCE_S))
        for name in (b"fastkv.v1.KeyValueService", b"fastkv.v1.SortedSetService",
                     b"grpc.health.v1.Health"):
            self.assertIn(name, answer)

    def test_what_is_not_served_is_unimplemented(self):
        with self.assertRaises(grpc.RpcError) as raised:
            self.raw("/fastkv.v1.KeyValueService/Nothing")
        self.assertEqual(raised.exception.code(), grpc.StatusCode.UNIMPLEMENTED)


if __name__ == "__main__":
    unittest.main()
