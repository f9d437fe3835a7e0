#!/usr/bin/env python3
"""A quick look at the text protocol: N requests, half SET and half GET.

    bench/simple_bench.py -n 100000
    bench/simple_bench.py -n 100000 --clients 4 --pipeline 16

Needs only Python.  Prints requests per second and, for each batch of --pipeline
requests, how long it took until its last reply was there.  Python is what costs
most here: //bench/load:fastkv_load measures servers.
"""

import argparse
import socket
import sys
import threading
import time

KEYS = 1000
VALUE = b"v" * 64


def request(i):
    """The bytes of request number `i`, and of the reply to expect."""
    key = b"bench:%d" % (i // 2 % KEYS)
    if i % 2 == 0:
        return b"SET %s 0 %d\r\n%s\r\n" % (key, len(VALUE), VALUE), b"+OK\r\n"
    return b"GET %s\r\n" % key, b"+VALUE %d\r\n%s\r\n" % (len(VALUE), VALUE)


def make_batches(count, pipeline):
    """The bytes to send and to expect of each batch."""
    batches = []
    for start in range(0, count, pipeline):
        pairs = [request(i) for i in range(start, min(start + pipeline, count))]
        batches.append((b"".join(p[0] for p in pairs), b"".join(p[1] for p in pairs)))
    return batches


class Client(threading.Thread):
    """One connection and its share of the requests."""

    def __init__(self, host, port, batches):
        super().__init__()
        self.latencies = []
        self.error = None
        self._batches = batches
        self._socket = socket.create_connection((host, port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def run(self):
        try:
            for sent, expected in self._batches:
                start = time.perf_counter()
                self._socket.sendall(sent)
                self._expect(expected)
                self.latencies.append(time.perf_counter() - start)
        except OSError as error:
            self.error = error

    def _expect(self, expected):
        received = b""
        while len(received) < len(expected):
            data = self._socket.recv(65536)
            if not data:
                raise ConnectionError("the server closed the connection")
            received += data
        if received != expected:
            raise ConnectionError("unexpected reply: %r" % received[:80])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=100000, help="requests in all (%(default)s)")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=1234)
    parser.add_argument("--clients", type=int, default=1, help="connections (%(default)s)")
    parser.add_argument("--pipeline", type=int, default=1,
                        help="requests sent at once on each (%(default)s)")
    options = parser.parse_args()

    # Made before the clock starts, the same for each connection.
    share = max(options.n // options.clients, 1)
    batches = make_batches(share, options.pipeline)
    try:
        clients = [Client(options.host, options.port, batches) for _ in range(options.clients)]
    except OSError as error:
        sys.exit("simple_bench: %s:%d: %s" % (options.host, options.port, error))
    start = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    seconds = time.perf_counter() - start
    for client in clients:
        if client.error:
            sys.exit("simple_bench: %s" % client.error)

    latencies = sorted(latency for client in clients for latency in client.latencies)
    requests = share * options.clients
    print("%d requests, %d client%s, pipeline %d: %.0f requests/s, average %.1f us, p99 %.1f us" %
          (requests, options.clients, "" if options.clients == 1 else "s", options.pipeline,
           requests / seconds, 1e6 * sum(latencies) / len(latencies),
           1e6 * latencies[int(0.99 * (len(latencies) - 1))]))


if __name__ == "__main__":
    main()
