"""The load generator against a real server: every workload, every protocol."""

import json
import os
import signal
import subprocess
import time
import unittest

from server_process import PATIENCE_S, ServerProcess

LOAD = os.path.join(os.environ.get("TEST_SRCDIR", "bazel-bin"),
                    os.environ.get("TEST_WORKSPACE", ""), "bench/load/fastkv_load")
TCP_WORKLOADS = ("ping", "get", "set", "setex", "mixed", "incr", "mget", "mset", "zadd", "zscore",
                 "zrank", "zrange", "zmembers", "zbyscore")
GRPC_WORKLOADS = TCP_WORKLOADS[1:]


class LoadTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.server = ServerProcess("--workers=2")

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None, None, None)

    def run_load(self, protocol, workload, *flags):
        port = self.server.grpc_port if protocol == "grpc" else self.server.port
        done = subprocess.run(
            [LOAD, "--json", "--protocol=" + protocol, "--workload=" + workload,
             "--port=%d" % port, "--keys=1000", "--connections=3", "--pipeline=4",
             "--server_pid=%d" % self.server.pid, *flags],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE_S, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def test_every_workload_in_the_text_protocol_answers_all_requests(self):
        for workload in TCP_WORKLOADS:
            with self.subTest(workload):
                report = self.run_load("text", workload, "--requests=1000")
                self.assertEqual((report["requests"], report["errors"]), (1000, 0))
                self.assertGreater(report["server_cpu_us_per_request"], 0)
                self.assertGreater(report["server_resident_bytes"], 0)

    def test_every_workload_over_grpc_answers_all_requests(self):
        for workload in GRPC_WORKLOADS:
            with self.subTest(workload):
                report = self.run_load("grpc", workload, "--requests=500")
                self.assertEqual((report["requests"], report["errors"]), (500, 0))

    def test_strings_expire_when_they_are_told_to(self):
        for protocol in ("text", "resp", "grpc"):
            with self.subTest(protocol), self.server.client() as client:
                deadline = int(time.time() * 1000) + 3_600_000
                self.run_load(protocol, "setex", "--requests=1",
                              "--expire_time_ms=%d" % deadline)
                self.assertEqual(client.call("PEXPIRETIME", "key:000000000007"),
                                 deadline + 7)
                self.run_load(protocol, "setex", "--requests=1", "--ttl=1000")
                self.assertIn(client.call("TTL", "key:000000000007"), range(900, 1001))

    def test_a_signal_ends_a_run_with_its_report(self):
        load = subprocess.Popen(
            [LOAD, "--json", "--workload=ping", "--port=%d" % self.server.port,
             "--connections=1", "--seconds=600"], stdout=subprocess.PIPE)
        time.sleep(0.5)
        load.send_signal(signal.SIGTERM)
        output, _ = load.communicate(timeout=PATIENCE_S)
        self.assertEqual(load.returncode, 0)
        self.assertLess(json.loads(output)["seconds"], PATIENCE_S)

    def test_memcached_has_no_sorted_sets(self):
        done = subprocess.run([LOAD, "--protocol=memcached", "--workload=zadd", "--fill=false",
                               "--port=%d" % self.server.port],
                              stderr=subprocess.PIPE, timeout=PATIENCE_S, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"memcached has no such requests", done.stderr)

    def test_a_rate_is_kept_on_both_ports(self):
        for protocol in ("text", "grpc"):
            with self.subTest(protocol):
                report = self.run_load(protocol, "get", "--requests=200", "--rate=1000")
                self.assertEqual(report["requests"], 200)
                # 200 requests at 1,000 a second cannot be done sooner.
                self.assertGreater(report["seconds"], 0.19)

    def test_a_run_ends_after_its_time(self):
        report = self.run_load("text", "mixed", "--seconds=0.2", "--threads=2")
        self.assertGreater(report["requests"], 0)
        self.assertGreater(report["seconds"], 0.19)


if __name__ == "__main__":
    unittest.main()
