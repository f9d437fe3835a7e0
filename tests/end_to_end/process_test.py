"""The process: how it starts, refuses to start, and stops."""

import os
import resource
import signal
import socket
import threading
import time
import unittest

import grpc

from fastkv.v1 import key_value_pb2, key_value_pb2_grpc
from server_process import HOST, PATIENCE_S, ServerProcess, run_to_exit
from text_client import request


class StartTest(unittest.TestCase):

    def check_refused(self, *flags, says, preexec=None):
        code, output = run_to_exit(*flags, preexec=preexec)
        self.assertNotIn(code, (0, -signal.SIGSEGV, -signal.SIGABRT), output)
        complaints = [line for line in output.splitlines() if says in line]
        self.assertEqual(len(complaints), 1, output)

    def test_a_port_in_use_is_one_clear_line(self):
        with socket.socket() as taken:
            taken.bind((HOST, 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.check_refused("--port=%d" % port, "--grpc_port=0", says=str(port))
            self.check_refused("--port=0", "--grpc_port=%d" % port, says=str(port))

    def test_two_servers_cannot_share_a_port(self):
        with ServerProcess() as server:
            self.check_refused("--port=%d" % server.port, "--grpc_port=0", says=str(server.port))
            self.check_refused("--port=0", "--grpc_port=%d" % server.grpc_port,
                               says=str(server.grpc_port))

    def test_a_flag_that_does_not_exist_or_has_a_bad_value_is_named(self):
        self.check_refused("--no_such_flag=1", says="no_such_flag")
        self.check_refused("--port=many", says="many")
        self.check_refused("--port=65536", "--grpc_port=0", says="port")
        self.check_refused("--port=0", "--grpc_port=0", "--workers=-1", says="workers")
        self.check_refused("--port=0", "--grpc_port=0", "--bind=nowhere", says="nowhere")

    def test_a_file_limit_that_is_too_low_is_one_clear_line(self):
        self.check_refused(
            "--port=0", "--grpc_port=0", says="file",
            preexec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16)))

    def test_a_password_that_leaves_grpc_open_is_refused(self):
        flags = ("--port=0", "--grpc_port=0", "--bind=0.0.0.0")
        self.check_refused(*flags, "--requirepass=secret", says="--grpc_bind")
        self.check_refused(*flags, "--requirepass_file=/no/such/file", says="/no/such/file")
        self.check_refused(*flags, "--requirepass=a", "--requirepass_file=b", says="exclude")

    def test_a_password_comes_from_a_file(self):
        path = os.path.join(os.environ["TEST_TMPDIR"], "password")
        with open(path, "w", encoding="ascii") as password:
            password.write("secret\n")
        with ServerProcess("--requirepass_file=" + path) as server, server.client() as client:
            self.assertIn("password", server.log())
            self.assertNotIn("secret", server.log())
            client.send(b"GET k\r\nAUTH wrong\r\nAUTH secret\r\nGET k\r\n")
            with self.assertRaisesRegex(Exception, "NOAUTH"):
                client.read_reply()
            with self.assertRaisesRegex(Exception, "WRONGPASS"):
                client.read_reply()
            self.assertEqual(client.read_reply(), "OK")
            self.assertIsNone(client.read_reply())

    def test_help_names_the_flags(self):
        _, output = run_to_exit("--help")
        for flag in ("--port", "--grpc_port", "--workers", "--bind"):
            self.assertIn(flag, output)

    def test_flags_can_come_from_a_file(self):
        path = os.path.join(os.environ["TEST_TMPDIR"], "flags")
        with open(path, "w", encoding="ascii") as flags:
            flags.write("--workers=1\n--max_connections=1\n")
        with ServerProcess("--flagfile=" + path) as server, server.client() as first:
            self.assertEqual(first.call("PING"), "PONG")
            with server.client() as second:
                second.read_to_end()


class StopTest(unittest.TestCase):

    def check_stops_under_load(self, number):
        server = ServerProcess("--workers=2")
        stop = threading.Event()
        answered = [0, 0]

        def text_load():
            with server.client() as client:
                batch = request("INCR", "n") * 100
                try:
                    while not stop.is_set():
                        client.send(batch)
                        for _ in range(100):
                            client.read_reply()
                            answered[0] += 1
                except OSError:
                    pass

        def grpc_load():
            with grpc.insecure_channel(server.grpc_address) as channel:
                stub = key_value_pb2_grpc.KeyValueServiceStub(channel)
                try:
                    while not stop.is_set():
                        stub.Increment(key_value_pb2.IncrementRequest(key=b"m"),
                                       timeout=PATIENCE_S)
                        answered[1] += 1
                except grpc.RpcError:
                    pass

        threads = [threading.Thread(target=load) for load in (text_load, text_load, grpc_load)]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + PATIENCE_S
        while min(answered) < 20 and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertGreaterEqual(min(answered), 20)
        server.signal(number)
        code = server.wait()
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(code, 0, server.log())

    def test_sigterm_under_load_exits_0_in_bounded_time(self):
        self.check_stops_under_load(signal.SIGTERM)

    def test_sigint_under_load_exits_0_in_bounded_time(self):
        self.check_stops_under_load(signal.SIGINT)

    def test_shutdown_ends_the_server_as_a_signal_does(self):
        server = ServerProcess()
        with server.client() as client:
            client.send(b"SHUTDOWN NOSAVE\r\n")
            self.assertEqual(client.read_to_end(), b"")
        self.assertEqual(server.wait(), 0, server.log())

    def test_connections_at_rest_do_not_hold_up_the_end(self):
        server = ServerProcess("--workers=2", "--shutdown_grace=60s")
        with server.client() as idle, \
                grpc.insecure_channel(server.grpc_address) as channel:
            self.assertEqual(idle.call("PING"), "PONG")
            grpc.channel_ready_future(channel).result(PATIENCE_S)
            self.assertEqual(server.stop(), 0)
            self.assertEqual(idle.read_to_end(), b"")


if __name__ == "__main__":
    unittest.main()
