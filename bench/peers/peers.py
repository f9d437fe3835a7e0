"""The servers that are compared: how each is started, and what it can do."""

import os
import shutil
import socket
import subprocess
import tempfile

from servers import HOST, Server, fastkv_command, free_port, redis_command


class Peer:
    """A server to be. `command` makes its command line for a folder and a port,
    of which it need not make use; `logs_port`, whether its log names its port."""

    def __init__(self, name, binary, command, protocol="resp", sorted_sets=False,
                 logs_port=False, latency_events=False):
        self.name = name
        self.binary = binary
        self.protocol = protocol
        self.sorted_sets = sorted_sets
        self.latency_events = latency_events  # it knows LATENCY LATEST
        self._command = command
        self._logs_port = logs_port

    @property
    def stores(self):
        return self.name != FLOOR

    def start(self, folder):
        """A Running to use in a with statement."""
        return Running(self, folder)

    def server(self, folder):
        port = free_port()
        return Server(self._command(folder, port), os.path.join(folder, "server.log"),
                      port=None if self._logs_port else port)

    def version(self):
        """What it says itself; FastKV and the floor are of the commit."""
        if self.name in (FLOOR, FASTKV, FASTKV_TWO):
            return None
        flag = "-V" if self.protocol == "memcached" else "--version"
        done = subprocess.run([self.binary, flag], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        return done.stdout.decode(errors="replace").strip().splitlines()[0]


class Running:
    """A peer that runs, in a folder of its own, until the block ends."""

    def __init__(self, peer, folder):
        self.peer = peer
        self._parent = folder

    def __enter__(self):
        self._folder = tempfile.mkdtemp(prefix="peers-", dir=self._parent)
        self.server = self.peer.server(self._folder)
        try:
            return self._enter()
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def _enter(self):
        self.server.__enter__()
        self.port, self.pid = self.server.port, self.server.pid
        return self

    def __exit__(self, *unused):
        self.server.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def resident_bytes(self):
        return self.server.memory_bytes("VmRSS")

    def call(self, *words):
        """The answer to one command in RESP: str, int, None or a list of these."""
        with socket.create_connection((HOST, self.port), 600) as client:
            client.sendall(b"*%d\r\n" % len(words) + b"".join(
                b"$%d\r\n%s\r\n" % (len(word), word.encode()) for word in words))
            return _read_reply(client.makefile("rb"))

    def count(self):
        """How many keys it holds, those included that expired unnoticed."""
        if self.peer.protocol == "resp":
            return self.call("DBSIZE")
        with socket.create_connection((HOST, self.port), 60) as client:
            client.sendall(b"stats\r\n")
            for line in client.makefile("rb"):
                words = line.split()
                if words[:2] == [b"STAT", b"curr_items"]:
                    return int(words[2])
        raise SystemExit("memcached does not count its items")

    def watch_pauses(self):
        """From here on, the server itself keeps note of what took above 1 ms."""
        if self.peer.latency_events:
            self.call("CONFIG", "SET", "latency-monitor-threshold", "1")
            self.call("LATENCY", "RESET")

    def longest_pause_ms(self):
        """The longest that it has noted, 0 if none; None if it keeps no note."""
        if not self.peer.latency_events:
            return None
        return max((event[3] for event in self.call("LATENCY", "LATEST")), default=0)


def _read_reply(stream):
    line = stream.readline().decode().rstrip("\r\n")
    kind, rest = line[:1], line[1:]
    if kind == "-":
        raise SystemExit("a server answers " + rest)
    if kind == ":":
        return int(rest)
    if kind == "$":
        return None if rest == "-1" else stream.read(int(rest) + 2)[:-2].decode()
    if kind == "*":
        return [_read_reply(stream) for _ in range(int(rest))]
    return rest


FLOOR, FASTKV, FASTKV_TWO = "bare loop", "FastKV", "FastKV, 2 workers"


def all_peers(options):
    """Those that there are, in the order of the tables."""
    def fastkv(workers):
        return lambda folder, port: fastkv_command(
            options.server, "--workers=%d" % workers, *options.server_flag)

    def redis(binary):
        return lambda folder, port: redis_command(binary, folder, "--save", "",
                                                  "--appendonly", "no")

    def memcached(folder, port):
        # -m: more than the largest run needs, so that nothing is evicted.
        user = ["-u", "root"] if os.geteuid() == 0 else []
        return [options.memcached, "-l", HOST, "-p", str(port), "-U", "0", "-t", "1",
                "-m", "16384", *user]

    def pogocache(folder, port):
        return [options.pogocache, "-h", HOST, "-p", str(port), "--threads", "1"]

    peers = [
        Peer(FLOOR, options.floor,
             lambda folder, port: [options.floor, str(port), str(options.value_size)]),
        Peer(FASTKV, options.server, fastkv(1), sorted_sets=True, logs_port=True,
             latency_events=True),
        Peer(FASTKV_TWO, options.server, fastkv(2), sorted_sets=True, logs_port=True,
             latency_events=True),
        Peer("Redis", options.redis, redis(options.redis), sorted_sets=True, logs_port=True,
             latency_events=True),
        Peer("Valkey", options.valkey, redis(options.valkey), sorted_sets=True, logs_port=True,
             latency_events=True),
        Peer("memcached", options.memcached, memcached, protocol="memcached"),
        Peer("Pogocache", options.pogocache, pogocache),
    ]
    return [peer for peer in peers if peer.binary]
