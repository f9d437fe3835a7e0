"""redis-py, Debian's python3-redis, against the server."""

import threading
import time
import unittest

import redis

from server_process import HOST, PATIENCE_S, ServerProcess

SCANNED_KEYS = 100000


class RedisPyTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.server = ServerProcess()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None, None, None)

    def setUp(self):
        self.redis = self.connect()
        self.redis.flushall()

    def connect(self):
        client = redis.Redis(HOST, self.server.port, socket_timeout=PATIENCE_S)
        self.addCleanup(client.close)
        return client

    def test_strings_and_expiry(self):
        r = self.redis
        self.assertTrue(r.set("k", b"\x00\xff", ex=100))
        self.assertEqual(r.get("k"), b"\x00\xff")
        self.assertIn(r.ttl("k"), (99, 100))
        self.assertIsNone(r.set("k", "other", nx=True))
        self.assertEqual(r.set("k", "other", xx=True, get=True), b"\x00\xff")
        self.assertTrue(r.expire("k", 50))
        self.assertTrue(r.persist("k"))
        self.assertEqual(r.ttl("k"), -1)
        self.assertEqual(r.incrby("n", 5), 5)
        self.assertEqual(r.incrbyfloat("f", 1.5), 1.5)
        self.assertTrue(r.mset({"a": 1, "b": 2}))
        self.assertEqual(r.mget("a", "b", "c"), [b"1", b"2", None])
        self.assertEqual(r.setbit("bits", 7, 1), 0)
        self.assertEqual(r.bitcount("bits"), 1)
        self.assertEqual(r.type("k"), b"string")
        self.assertEqual(r.delete("k", "n"), 2)
        self.assertTrue(r.set("short", 1, px=20))
        time.sleep(0.04)
        self.assertIsNone(r.get("short"))

    def test_sorted_sets(self):
        r = self.redis
        self.assertEqual(r.zadd("z", {"a": 1, "b": 2.5, "c": float("inf")}), 3)
        self.assertEqual(r.zrange("z", 0, -1, withscores=True),
                         [(b"a", 1.0), (b"b", 2.5), (b"c", float("inf"))])
        self.assertEqual(r.zrangebyscore("z", "(1", "+inf", start=0, num=1), [b"b"])
        self.assertEqual(r.zscore("z", "b"), 2.5)
        self.assertEqual(r.zrank("z", "c"), 2)
        self.assertEqual(r.zincrby("z", 2, "a"), 3.0)
        self.assertEqual(r.zpopmin("z"), [(b"b", 2.5)])
        self.assertEqual(r.zunionstore("u", ["z", "z"]), 2)
        self.assertEqual(dict(r.zscan_iter("z")), {b"a": 3.0, b"c": float("inf")})
        self.assertEqual(r.bzpopmin(["nothing", "z"], timeout=1), (b"z", b"a", 3.0))
        with self.assertRaises(redis.ResponseError):
            r.incr("z")

    def test_pipelines_and_transactions(self):
        r = self.redis
        with r.pipeline(transaction=False) as pipe:
            for i in range(1000):
                pipe.set("key:%d" % i, i)
            pipe.incr("n")
            self.assertEqual(pipe.execute(), [True] * 1000 + [1])
        with r.pipeline() as pipe:
            pipe.watch("n")
            value = int(pipe.get("n"))
            pipe.multi()
            pipe.set("n", value + 1)
            pipe.zadd("z", {"m": 1})
            self.assertEqual(pipe.execute(), [True, 1])
        with r.pipeline() as pipe:
            pipe.watch("n")
            r.incr("n")
            pipe.multi()
            pipe.set("n", 0)
            with self.assertRaises(redis.WatchError):
                pipe.execute()

    def test_lock_free_counting_by_many_clients(self):
        def count():
            client = self.connect()
            for _ in range(200):
                client.incr("n")

        threads = [threading.Thread(target=count) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.redis.get("n"), b"1600")

    def test_publish_and_subscribe(self):
        with self.redis.pubsub() as subscriber:
            subscriber.subscribe("news")
            subscriber.psubscribe("n*")
            messages = self.messages(subscriber, 2)
            self.assertEqual([m["type"] for m in messages], ["subscribe", "psubscribe"])
            self.assertEqual(self.redis.publish("news", "hello"), 2)
            messages = self.messages(subscriber, 2)
            self.assertEqual([m["type"] for m in messages], ["message", "pmessage"])
            self.assertEqual([m["data"] for m in messages], [b"hello"] * 2)

    def messages(self, subscriber, count):
        deadline, messages = time.monotonic() + PATIENCE_S, []
        while len(messages) < count and time.monotonic() < deadline:
            message = subscriber.get_message(timeout=1)
            if message is not None:
                messages.append(message)
        return messages

    def test_server_tells_about_itself(self):
        r = self.redis
        self.assertTrue(r.ping())
        self.assertIn("redis_version", r.info())
        self.assertEqual(r.config_get("databases"), {"databases": "16"})
        self.assertTrue(r.client_setname("me"))
        self.assertEqual(r.client_getname(), "me")
        self.assertIn("me", [client["name"] for client in r.client_list()])
        self.assertEqual(r.command_count(), len(r.command()))
        self.assertIsInstance(r.slowlog_get(), list)
        self.assertEqual(len(r.time()), 2)

    def test_scan_finds_every_key_while_others_write(self):
        r = self.redis
        stable = [b"stable:%d" % i for i in range(SCANNED_KEYS)]
        for at in range(0, SCANNED_KEYS, 10000):
            r.mset(dict.fromkeys(stable[at:at + 10000], 1))
        stop = threading.Event()

        def write():
            client, n = self.connect(), 0
            while not stop.is_set():
                keys = ["passing:%d" % i for i in range(n, n + 500)]
                client.mset(dict.fromkeys(keys, 1))
                client.delete(*keys[::2])
                n += 500

        writer = threading.Thread(target=write)
        writer.start()
        try:
            found = set(self.redis.scan_iter(count=1000))
        finally:
            stop.set()
            writer.join()
        self.assertEqual(set(stable) - found, set())
        self.assertEqual(sum(1 for _ in r.scan_iter(match="stable:1*", count=1000)), 11112 - 1)


if __name__ == "__main__":
    unittest.main()
