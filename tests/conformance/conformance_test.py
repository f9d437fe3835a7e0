"""Every scenario through every way in, and against a real redis-server.

    bazel test //tests/conformance:conformance_test --test_output=all
    ... --test_arg=TextTest --test_arg=RedisResp3Test

FASTKV_SCENARIO=<part of a file's name or title> runs only those scenarios.
"""

import os
import re
import time
import unittest

import drivers
import expected_value
import grpc_driver
import scenario
from redis_process import RedisProcess
from resp_client import RespClient
from server_process import HOST, PATIENCE_S, SANITIZED, ServerProcess
from text_client import to_bytes

_FOLDER = os.path.dirname(os.path.abspath(__file__))
_SCENARIOS = os.path.join(_FOLDER, "scenarios")
_PROTOCOL = os.path.join(_FOLDER, "..", "..", "tcp_gateway", "PROTOCOL.md")

# How long a client that has to wait is watched to do so.
_BLOCKED_S = 0.2 if SANITIZED else 0.05
_BLOCKING = ("bzpopmin", "bzpopmax", "bzmpop")


def read_scenarios():
    scenarios = []
    for name in sorted(os.listdir(_SCENARIOS)):
        scenarios += scenario.read_file(os.path.join(_SCENARIOS, name), name)
    wanted = os.environ.get("FASTKV_SCENARIO", "")
    return [s for s in scenarios if wanted in str(s)]


class Servers:
    """Servers by their flags, started when first asked for."""

    def __init__(self, start):
        self._start = start
        self._servers = {}

    def get(self, flags):
        if flags not in self._servers:
            self._servers[flags] = self._start(*flags)
        return self._servers[flags]

    def stop(self):
        for server in self._servers.values():
            server.__exit__(None, None, None)


def clear(server, flags):
    """Empties every database."""
    with RespClient(HOST, server.port, timeout=PATIENCE_S) as client:
        for flag in flags:
            if flag.startswith("--requirepass="):
                client.call("AUTH", flag.partition("=")[2])
        client.call("FLUSHALL")


class Run:
    """One scenario through one driver.  `compare_redis`: it speaks to Redis."""

    def __init__(self, driver, server, compare_redis):
        self._driver = driver
        self._server = server
        self._compare_redis = compare_redis
        self._connections = {}
        self._kept = {}
        self._last_reply = None
        self.checks = 0

    def run(self, steps):
        """Raises AssertionError at the first step that goes wrong."""
        try:
            for step in steps:
                try:
                    self._run_step(step)
                except (ConnectionError, TimeoutError, ValueError) as error:
                    raise AssertionError("line %d: %r" % (step.line, error)) from error
        finally:
            for connection in self._connections.values():
                connection.close()

    def _connection(self, name):
        if name not in self._connections:
            self._connections[name] = self._driver.connect(self._server)
        return self._connections[name]

    def _run_step(self, step):
        if step.pause_ms:
            time.sleep(step.pause_ms / 1000)
            return
        if step.kept_as:
            self._kept[b"$" + step.kept_as.encode()] = to_bytes(self._last_reply)
            return
        connection = self._connection(step.connection)
        if step.leaves:
            connection.leave()
            return
        if step.args:
            connection.send([self._kept.get(arg, arg) for arg in step.args])
        self.checks += 1
        expected = step.expected
        if self._compare_redis and step.exception:
            expected = step.redis_expected
        if expected == "blocks":
            if step.command in _BLOCKING:
                self._wait_until_blocked(connection)
            assert connection.is_silent(_BLOCKED_S), "line %d: it does not block" % step.line
            return
        if expected == "closes":
            try:
                reply = connection.read()
            except ConnectionError:
                return
            raise AssertionError("line %d: %r instead of an end" % (step.line, reply))
        self._last_reply = connection.read()
        self._check(step, expected, self._last_reply)

    def _wait_until_blocked(self, connection):
        """Until the server says so: a silent one may not have read the request."""
        client_line = re.compile(rb"^.* addr=\S+:%d .* flags=\w*b" % connection.port(),
                                 re.MULTILINE)
        deadline = time.monotonic() + PATIENCE_S
        with RespClient(HOST, self._server.port, timeout=PATIENCE_S) as client:
            while not client_line.search(client.call("CLIENT", "LIST")):
                assert time.monotonic() < deadline, "it does not block"
                time.sleep(0.001)

    def _check(self, step, expected, reply):
        protocol = self._driver.protocol
        assert expected.matches(reply, protocol), "line %d, %s: %s expected, got %r" % (
            step.line, " ".join(repr(arg)[1:] for arg in step.args or []), expected, reply)
        if self._compare_redis and step.exception:
            assert not step.expected.matches(reply, protocol), (
                "line %d: no exception: Redis answers %r too" % (step.line, reply))


def can_run(run_scenario, driver):
    if driver.name not in run_scenario.drivers:
        return False
    for step in run_scenario.steps:
        if driver.name == "grpc" and (step.args is None or step.connection):
            return False
        if step.args and not driver.can_express(step.args):
            return False
    return True


class DriverTest:
    """The scenarios through one driver."""

    driver = None
    compare_redis = False

    @classmethod
    def setUpClass(cls):
        cls.servers = Servers(RedisProcess if cls.compare_redis else ServerProcess)

    @classmethod
    def tearDownClass(cls):
        cls.servers.stop()

    def test_scenarios(self):
        scenarios = read_scenarios()
        ran = checks = 0
        for one in scenarios:
            if not can_run(one, self.driver):
                continue
            with self.subTest(scenario=str(one)):
                server = self.servers.get(one.server_flags)
                clear(server, one.server_flags)
                run = Run(self.driver, server, self.compare_redis)
                ran += 1
                run.run(one.steps)
                checks += run.checks
        print("%-11s %4d scenarios, %5d checks, %4d skipped" % (
            type(self).__name__, ran, checks, len(scenarios) - ran), flush=True)


class TextTest(DriverTest, unittest.TestCase):
    driver = drivers.TextDriver()


class Resp2Test(DriverTest, unittest.TestCase):
    driver = drivers.RespDriver(2)


class Resp3Test(DriverTest, unittest.TestCase):
    driver = drivers.RespDriver(3)


class LegacyTest(DriverTest, unittest.TestCase):
    driver = drivers.LegacyDriver()


class GrpcTest(DriverTest, unittest.TestCase):
    driver = grpc_driver.GrpcDriver()


# Redis before 7.2 writes doubles with 17 digits.
class RedisResp2Test(DriverTest, unittest.TestCase):
    driver = drivers.RespDriver(2, exact_doubles=False)
    compare_redis = True


class RedisResp3Test(DriverTest, unittest.TestCase):
    driver = drivers.RespDriver(3, exact_doubles=False)
    compare_redis = True


class CoverageTest(unittest.TestCase):

    @unittest.skipIf(os.environ.get("FASTKV_SCENARIO"), "not all scenarios run")
    def test_every_command_has_a_scenario(self):
        tried, refused = set(), set()
        for one in read_scenarios():
            for step in one.steps:
                tried.add(step.command)
                if isinstance(step.expected, expected_value.Value) and step.expected.name[0] == "!":
                    refused.add(step.command)
        with ServerProcess() as server, server.client() as client:
            commands = {line.split(b" ")[0].decode().lower() for line in client.call("HELP")}
        self.assertEqual(sorted(commands - tried), [], "have no scenario")

    def test_listed_exceptions_are_those_of_the_scenarios(self):
        used = {step.exception for one in read_scenarios() for step in one.steps}
        used -= {""}
        with open(_PROTOCOL, encoding="utf-8") as file:
            section = file.read().partition("## Differences from Redis")[2].partition("\n## ")[0]
        listed = set(re.findall(r"^\| `([a-z0-9-]+)` \|", section, re.MULTILINE))
        self.assertEqual(used, listed)


if __name__ == "__main__":
    unittest.main()
