"""The tests of clients/python, with Debian's grpcio and protobuf."""

import os
import sys
import unittest

from server_process import ServerProcess
from unreliable_proxy import UnreliableProxy

# Of the proxy's draws; the order of the client's packets varies all the same.
SEED = 1

if __name__ == "__main__":
    with ServerProcess() as server, UnreliableProxy(
            server.grpc_port, SEED, answers_per_cut=50, cut_chance=0.01) as proxy:
        os.environ["FASTKV_TARGET"] = server.grpc_address
        os.environ["FASTKV_UNRELIABLE_TARGET"] = "127.0.0.1:%d" % proxy.port
        suite = unittest.defaultTestLoader.loadTestsFromNames(["test_aio", "test_client"])
        passed = unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful()
    sys.exit(0 if passed else 1)
