"""Increments over connections that break: with request ids none counts twice."""

import os
import random
import threading
import unittest

import grpc

from fastkv.v1 import key_value_pb2 as kv
from fastkv.v1 import key_value_pb2_grpc
from server_process import PATIENCE_S, ServerProcess
from unreliable_proxy import UnreliableProxy

THREADS = 8
# A call that was tried so often in vain means that something else is wrong.
MAX_ATTEMPTS = 100


def service_config():
    path = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"],
                        "proto/fastkv/v1/service_config_request_ids.json")
    with open(path, encoding="utf-8") as config:
        return config.read()


class RetryTest(unittest.TestCase):

    def setUp(self):
        seed = os.environ.get("FASTKV_TEST_SEED")
        self.seed = int(seed) if seed else random.randrange(1 << 32)
        print("FASTKV_TEST_SEED=%d" % self.seed)
        self.server = ServerProcess()
        self.addCleanup(self.server.__exit__, None, None, None)

    def increment(self, count, with_ids):
        """Makes so many increments of "n" through a proxy that cuts connections,
        until each has been answered: the answers, and how many were lost."""
        answers, failures = [], []

        def client(number, port):
            options = [("grpc.service_config", service_config()),
                       ("grpc.use_local_subchannel_pool", 1),
                       ("grpc.initial_reconnect_backoff_ms", 10),
                       ("grpc.max_reconnect_backoff_ms", 50)]
            try:
                with grpc.insecure_channel("127.0.0.1:%d" % port, options=options) as channel:
                    stub = key_value_pb2_grpc.KeyValueServiceStub(channel)
                    for call in range(number, count, THREADS):
                        request = kv.IncrementRequest(key=b"n")
                        if with_ids:
                            request.request_id = b"increment %d" % call
                        answers.append(self.until_answered(stub, request))
            except Exception as error:  # Reported where the test can see it.
                failures.append(error)

        with UnreliableProxy(self.server.grpc_port, self.seed,
                             answers_per_cut=50, cut_chance=0.01) as proxy:
            threads = [threading.Thread(target=client, args=(i, proxy.port))
                       for i in range(THREADS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(failures, [])
        self.assertEqual(len(answers), count)
        self.assertGreater(proxy.requests_lost, 0)
        return sorted(answers), proxy.answers_lost

    @staticmethod
    def until_answered(stub, request):
        """gRPC tries a few times; this goes on after that."""
        for attempt in range(MAX_ATTEMPTS):
            try:
                return stub.Increment(request, timeout=PATIENCE_S, wait_for_ready=True).value
            except grpc.RpcError as error:
                if error.code() != grpc.StatusCode.UNAVAILABLE or attempt + 1 == MAX_ATTEMPTS:
                    raise

    def value(self):
        with grpc.insecure_channel(self.server.grpc_address) as channel:
            stub = key_value_pb2_grpc.KeyValueServiceStub(channel)
            return int(stub.Get(kv.GetRequest(key=b"n"), timeout=PATIENCE_S).value)

    def test_with_request_ids_each_increment_counts_once(self):
        count = 10000
        answers, lost = self.increment(count, with_ids=True)
        self.assertGreater(lost, 0)
        self.assertEqual(self.value(), count)
        # Each was told what it, and no other, had made.
        self.assertEqual(answers, list(range(1, count + 1)))

    def test_without_request_ids_lost_answers_count_twice(self):
        count = 1000
        _, lost = self.increment(count, with_ids=False)
        self.assertGreater(lost, 0)
        # Each answer that was lost belonged to an increment that was made, and
        # was made again.
        self.assertGreaterEqual(self.value(), count + lost)


if __name__ == "__main__":
    unittest.main()
