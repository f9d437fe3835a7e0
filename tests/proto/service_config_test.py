"""The service configs that ship with the protos: which calls a client retries."""

import collections
import json
import os
import unittest
from concurrent import futures

import grpc

from fastkv.v1 import key_value_pb2
from fastkv.v1 import pipeline_pb2
from fastkv.v1 import sorted_set_pb2
from fastkv.v1 import transaction_pb2

PATIENCE_S = 30

# A request names its id itself, except where it is a stream.
STREAMS_THAT_WRITE = {"WriteValue", "Pipeline"}


def read_config(name):
    path = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"],
                        "proto/fastkv/v1", name)
    with open(path, encoding="utf-8") as config:
        return config.read()


def all_methods():
    """("fastkv.v1.KeyValueService", its method) for all there are."""
    for module in (key_value_pb2, pipeline_pb2, sorted_set_pb2, transaction_pb2):
        for service in module.DESCRIPTOR.services_by_name.values():
            for method in service.methods:
                yield service.full_name, method


def only_reads(method):
    return (method.name not in STREAMS_THAT_WRITE and
            "request_id" not in method.input_type.fields_by_name)


class FlakyHandler(grpc.GenericRpcHandler):
    """Refuses the first attempt at each method, and answers the second."""

    def __init__(self, code):
        self.code = code
        self.attempts = collections.Counter()

    def service(self, details):
        def answer(_, context):
            self.attempts[details.method] += 1
            if self.attempts[details.method] == 1:
                context.abort(self.code, "come again")
            return b""
        return grpc.unary_unary_rpc_method_handler(answer)


class ServiceConfigTest(unittest.TestCase):

    def retried(self, config, code):
        """Calls every method; those that gRPC tried a second time."""
        handler = FlakyHandler(code)
        server = grpc.server(futures.ThreadPoolExecutor(4), handlers=[handler])
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            options = [("grpc.service_config", config), ("grpc.enable_retries", 1)]
            with grpc.insecure_channel("127.0.0.1:%d" % port, options=options) as channel:
                for service, method in all_methods():
                    path = "/%s/%s" % (service, method.name)
                    try:
                        channel.unary_unary(path)(b"", timeout=PATIENCE_S)
                    except grpc.RpcError as error:
                        self.assertEqual(error.code(), code, path)
        finally:
            server.stop(None)
        return {path for path, attempts in handler.attempts.items() if attempts == 2}

    def assert_retries(self, config, wanted):
        paths = {"/%s/%s" % (service, method.name)
                 for service, method in all_methods() if wanted(method)}
        self.assertGreater(len(paths), 10)
        text = read_config(config)
        for code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED,
                     grpc.StatusCode.UNKNOWN, grpc.StatusCode.CANCELLED):
            self.assertEqual(self.retried(text, code), paths, code)
        # What a call that ran may end with.
        for code in (grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.FAILED_PRECONDITION):
            self.assertEqual(self.retried(text, code), set(), code)

    def test_without_request_ids_only_reads_are_retried(self):
        self.assert_retries("service_config.json", only_reads)

    def test_with_request_ids_all_calls_are_retried(self):
        self.assert_retries("service_config_request_ids.json", lambda method: True)

    def test_no_config_names_what_is_not_there(self):
        known = {service for service, _ in all_methods()}
        known |= {"%s/%s" % (service, method.name) for service, method in all_methods()}
        for config in ("service_config.json", "service_config_request_ids.json"):
            named = ["/".join(filter(None, (name["service"], name.get("method"))))
                     for entry in json.loads(read_config(config))["methodConfig"]
                     for name in entry["name"]]
            self.assertLessEqual(set(named), known)
            self.assertEqual(len(named), len(set(named)))


if __name__ == "__main__":
    unittest.main()
