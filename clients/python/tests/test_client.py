"""The synchronous client against the server at FASTKV_TARGET."""

import io
import os
import unittest
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import grpc

import fastkv
from fastkv import operations as op
from fastkv import sorted_set_operations as zop
from fastkv.v1 import error_reason_pb2

TARGET = os.environ["FASTKV_TARGET"]
# The same server through a proxy that cuts connections.
UNRELIABLE_TARGET = os.environ.get("FASTKV_UNRELIABLE_TARGET")
NOBODY = "127.0.0.1:1"


class ClientTest(unittest.TestCase):

    def setUp(self):
        self.client = fastkv.Client(TARGET)
        self.addCleanup(self.client.close)
        # Tests may share a server: each has keys of its own.
        self.prefix = "%s:%s:" % (self.id(), os.urandom(4).hex())

    def key(self, name="k"):
        return self.prefix + name

    def test_strings_are_bytes_and_text_is_utf8(self):
        client, key = self.client, self.key()
        self.assertIsNone(client.get(key))
        self.assertTrue(client.set(key, "gr\u00fc\u00df"))
        self.assertEqual(client.get(key), "gr\u00fc\u00df".encode())
        client.set(key, b"\0\xff")
        self.assertEqual(client.get(key.encode()), b"\0\xff")
        client.set(key, "")
        self.assertEqual(client.get(key), b"")

    def test_conditions_decide_and_previous_values_return(self):
        client, key = self.client, self.key()
        self.assertFalse(client.set(key, "1", must_exist=True))
        first = client.set(key, "1", must_not_exist=True)
        self.assertTrue(first)
        second = client.set(key, "2", version_equals=first.version, return_previous=True)
        self.assertEqual(second.previous, b"1")
        self.assertGreater(second.version, first.version)
        self.assertFalse(client.set(key, "3", version_equals=first.version))
        self.assertTrue(client.set(key, "3", value_equals="2"))
        self.assertFalse(client.delete(key, value_equals="2"))
        deleted = client.delete(key, return_previous=True)
        self.assertEqual((deleted.deleted, deleted.previous), (True, b"3"))
        self.assertFalse(client.delete(key).existed)
        with self.assertRaises(ValueError):
            client.set(key, "4", must_exist=True, value_equals="3")

    def test_expiry_is_a_duration_or_a_time(self):
        client, key = self.client, self.key()
        client.set(key, "v", ttl=timedelta(minutes=1))
        entry = client.get_entry(key)
        self.assertLessEqual(timedelta(0), entry.ttl)
        self.assertLessEqual(entry.ttl, timedelta(minutes=1))
        client.set(key, "w", keep_expiry=True)
        self.assertIsNotNone(client.get_expiry(key).ttl)
        self.assertFalse(client.expire(key, 3600, only_if="none"))
        self.assertTrue(client.expire(key, 3600, only_if="later"))
        self.assertTrue(client.persist(key))
        self.assertEqual(client.get_expiry(key), fastkv.Expiry(None, None))
        time = datetime(2100, 1, 1, tzinfo=timezone.utc)
        self.assertTrue(client.expire(key, expire_at=time))
        self.assertEqual(client.get_expiry(key).time, time)
        self.assertIsNone(client.get_expiry(self.key("nothing")))

    def test_numbers_count(self):
        client, key = self.client, self.key()
        self.assertEqual(client.increment(key), 1)
        self.assertEqual(client.increment(key, 2**62), 2**62 + 1)
        self.assertEqual(client.append(self.key("s"), "abc"), 3)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: client.increment(self.key("n")), range(200)))
        self.assertEqual(client.get(self.key("n")), b"200")

    def test_batches_answer_in_order(self):
        client = self.client
        keys = [self.key(str(i)) for i in range(100)]
        self.assertGreater(client.batch_set(dict.fromkeys(keys, "v"), ttl=60), 0)
        client.delete(keys[5])
        client.sorted_set(keys[5]).add({"m": 1})
        self.assertEqual(client.batch_get([keys[7], "nothing" + keys[7], keys[5]]),
                         [b"v", None, None])
        self.assertEqual(client.type_of(keys[5]), fastkv.ValueType.SORTED_SET)
        self.assertGreater(client.version_of(keys[5]), client.version_of(keys[7]))
        self.assertEqual(client.batch_delete([keys[1], keys[1]]), [True, False])
        self.assertFalse(client.exists(keys[1]))

    def test_keys_come_from_all_pages(self):
        client = self.client
        client.batch_set({self.key(str(i)): "v" for i in range(2500)})
        client.sorted_set(self.key("z")).add({"m": 1})
        strings = list(client.keys(prefix=self.prefix, type=fastkv.ValueType.STRING, page_size=100))
        self.assertEqual(len(strings), 2500)
        self.assertEqual(len(list(client.keys(glob=self.prefix + "1?"))), 10)

    def test_errors_have_their_reason(self):
        client, key = self.client, self.key()
        client.set(key, "text")
        with self.assertRaises(fastkv.Error) as raised:
            client.increment(key)
        self.assertEqual(raised.exception.reason, fastkv.Reason.VALUE_NOT_INTEGER)
        self.assertEqual(raised.exception.code, grpc.StatusCode.FAILED_PRECONDITION)
        with self.assertRaises(fastkv.Error) as raised:
            client.sorted_set(key).count()
        self.assertEqual(raised.exception.reason, fastkv.Reason.WRONG_TYPE)

    def test_every_reason_of_the_api_has_a_name(self):
        names = [name.removeprefix("ERROR_REASON_") for name, _ in
                 error_reason_pb2.ErrorReason.items()]
        self.assertEqual(names, ["UNSPECIFIED"] + [reason.value for reason in fastkv.Reason])

    def test_a_server_that_is_not_there_is_an_error_in_time(self):
        with fastkv.Client(NOBODY, timeout=1) as client:
            with self.assertRaises(fastkv.Error) as raised:
                client.get("k")
            self.assertIn(raised.exception.code, (grpc.StatusCode.UNAVAILABLE,
                                                  grpc.StatusCode.DEADLINE_EXCEEDED))
            self.assertEqual(raised.exception.reason, "")

    def test_a_timeout_holds(self):
        with self.assertRaises(fastkv.Error) as raised:
            self.client.with_timeout(-1).get("k")
        self.assertEqual(raised.exception.code, grpc.StatusCode.DEADLINE_EXCEEDED)
        self.assertIsNone(self.client.get(self.key("nothing")))

    def test_writes_carry_a_request_id_where_a_repeat_would_harm(self):
        requests = []
        self.client._unary = lambda request: requests.append(request) or op.METHODS[
            request.DESCRIPTOR.name].response()
        self.client.set("k", "v")
        self.client.batch_set({"k": "v"})
        self.assertEqual([r.request_id for r in requests], [b"", b""])
        requests.clear()
        self.client.set("k", "v", must_not_exist=True)
        self.client.set("k", "v", return_previous=True)
        self.client.delete("k")
        self.client.increment("k")
        self.client.append("k", "v")
        self.client.expire("k", 1)
        self.client.persist("k")
        self.client.batch_delete(["k"])
        self.client.sorted_set("z").add({"m": 1})
        self.client.sorted_set("z").increment("m")
        self.client.sorted_set("z").pop()
        self.client.combine_store("union", "z", ["a"])
        self.client.execute(fastkv.Transaction().then(op.increment("k")))
        self.assertEqual({len(r.request_id) for r in requests}, {16})
        self.assertEqual(len({r.request_id for r in requests}), len(requests))

    def test_sorted_sets_are_kept_in_order(self):
        board = self.client.sorted_set(self.key())
        self.assertEqual(board.add({"a": 1, "b": 2.5, b"c": 3}).added, 3)
        self.assertEqual(board.add({"a": 5, "b": 0}, scores="greater").updated, 1)
        self.assertEqual([each.member for each in board.range(reverse=True)], [b"a", b"c", b"b"])
        self.assertEqual(board.range(fastkv.by_rank(0, 0)), [fastkv.Scored(b"b", 2.5)])
        self.assertEqual(board.range(fastkv.by_score(min=3, exclude_min=True)),
                         [fastkv.Scored(b"a", 5)])
        self.assertEqual(board.scores("a", "nobody"), [5, None])
        self.assertEqual(board.score("c"), 3)
        self.assertEqual(board.rank("a", reverse=True), fastkv.Rank(0, 5))
        self.assertIsNone(board.rank("nobody"))
        self.assertEqual(board.increment("c", -0.5), 2.5)
        self.assertIsNone(board.increment("new", only="existing"))
        self.assertEqual(board.count(fastkv.by_score(max=2.5)), 2)
        self.assertEqual(board.remove("a", "nobody"), 1)

    def test_sorted_sets_are_taken_from_and_combined(self):
        client = self.client
        keys = [self.key("a"), self.key("b")]
        one, other = map(client.sorted_set, keys)
        one.add({"x": 1, "y": 2, "z": 3})
        other.add({"y": 10, "w": 4})
        self.assertEqual(client.combine("intersection", keys), [fastkv.Scored(b"y", 12)])
        self.assertEqual(client.combine("union", {keys[0]: 2, keys[1]: 1}, aggregate="max")[-1],
                         fastkv.Scored(b"y", 10))
        self.assertEqual(client.combine_count("union", keys), 4)
        self.assertEqual(client.combine_store("difference", self.key("d"), keys), 2)
        self.assertEqual(client.pop([self.key("none"), self.key("d")], 2, highest=True),
                         fastkv.Popped(self.key("d").encode(),
                                       [fastkv.Scored(b"z", 3), fastkv.Scored(b"x", 1)]))
        self.assertIsNone(client.sorted_set(self.key("d")).pop())
        self.assertEqual(one.store_range(self.key("s"), fastkv.by_rank(1)), 2)
        self.assertEqual(one.remove_range(fastkv.by_score(max=2)), 2)
        self.assertEqual(one.sample(), [fastkv.Scored(b"z", 3)])
        self.assertEqual(list(one.scan()), [fastkv.Scored(b"z", 3)])

    def test_transactions_compare_and_do_all_or_nothing(self):
        client, key, board = self.client, self.key(), self.key("board")
        create = (fastkv.Transaction()
                  .when(fastkv.compare_exists(key, False))
                  .then(op.set(key, "1"), op.increment(key, 41),
                        zop.sorted_set_add(board, {"m": 1}))
                  .otherwise(op.get(key)))
        created = client.execute(create)
        self.assertTrue(created)
        self.assertEqual(created.results[1], 42)
        again = client.execute(create)
        self.assertEqual((again.succeeded, again.results), (False, [b"42"]))
        holds = client.execute(fastkv.Transaction().when(
            fastkv.compare_version(key, "==", created.version),
            fastkv.compare_value(key, "==", "42"),
            fastkv.compare_type(board, "==", fastkv.ValueType.SORTED_SET),
            fastkv.compare_score(board, "m", "<", 2)))
        self.assertTrue(holds)
        with self.assertRaises(fastkv.Error) as raised:
            client.execute(fastkv.Transaction().then(op.set(key, "changed"), op.increment(board)))
        self.assertEqual(raised.exception.reason, fastkv.Reason.WRONG_TYPE)
        self.assertEqual(raised.exception.metadata, {"operation": "then_operations[1]"})
        self.assertEqual(client.get(key), b"42")

    def test_pipelines_answer_in_order_and_survive_errors(self):
        key = self.key()
        results = list(self.client.pipeline((op.increment(key) for _ in range(1000)),
                                            batch_size=64))
        self.assertEqual(results, list(range(1, 1001)))
        wrong, right = self.client.pipeline([zop.sorted_set_count(key), op.get(key)])
        self.assertEqual(wrong.reason, fastkv.Reason.WRONG_TYPE)
        self.assertEqual(right, b"1000")

    def test_an_operation_made_once_is_applied_once(self):
        step = op.increment(self.key()).once()
        self.assertEqual([self.client.run(step), self.client.run(step)], [1, 1])
        self.assertEqual(list(self.client.pipeline([step, step])), [1, 1])
        self.assertEqual(self.client.run(op.increment(self.key())), 2)

    @unittest.skipUnless(UNRELIABLE_TARGET, "FASTKV_UNRELIABLE_TARGET names no proxy")
    def test_what_the_network_loses_is_applied_once(self):
        key = self.key()
        with fastkv.Client(UNRELIABLE_TARGET, timeout=20) as unreliable:
            for _ in range(300):
                step = op.increment(key).once()
                while True:
                    try:
                        unreliable.run(step)
                        break
                    except fastkv.Error as error:
                        # gRPC has tried a few times; we go on.
                        self.assertEqual(error.code, grpc.StatusCode.UNAVAILABLE)
        self.assertEqual(self.client.get(key), b"300")

    def test_entries_come_whole(self):
        client = self.client
        long = os.urandom(300_000)
        client.set(self.key("long"), long)
        client.set(self.key("short"), "v", ttl=3600)
        members = {b"m%06d" % i: float(i) for i in range(20_000)}
        client.sorted_set(self.key("set")).add(members)
        entries = {entry.key: entry for entry in client.entries(prefix=self.prefix)}
        self.assertEqual(len(entries), 3)
        self.assertEqual(entries[self.key("long").encode()].value, long)
        self.assertEqual(entries[self.key("set").encode()].value, members)
        self.assertIsNotNone(entries[self.key("short").encode()].expire_time)

    def test_values_of_any_length_go_in_pieces(self):
        client, key = self.client, self.key()
        value = os.urandom(5 << 20)
        self.assertTrue(client.write_value(key, io.BytesIO(value), ttl=3600))
        with client.read_value(key) as reader:
            self.assertEqual(reader.length, len(value))
            self.assertIsNotNone(reader.ttl)
            self.assertEqual(reader.read(), value)
        with client.read_value(key, offset=10, length=5) as reader:
            self.assertEqual(reader.read(), value[10:15])
        with client.read_value(self.key("nothing")) as reader:
            self.assertIsNone(reader)
        self.assertFalse(client.write_value(key, b"v", must_not_exist=True))
        self.assertTrue(client.write_value(key, iter([b"a", b"b"]), length=2))
        self.assertEqual(client.get(key), b"ab")


if __name__ == "__main__":
    unittest.main()
