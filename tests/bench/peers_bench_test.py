"""bench/peers/run measures every part of every server, and keeps what it saw."""

import json
import os
import shutil
import subprocess
import sys
import unittest
import xml.etree.ElementTree

RUNFILES = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"])
PATIENCE_S = 200
ROUNDS = 2


def of(path):
    return os.path.join(RUNFILES, path)


def table(text, title):
    """The rows of a table, by their first cells; its head is at ""."""
    section = text.partition("## " + title + "\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in section.splitlines() if line.startswith("|")]
    return {row[0]: row[1:] for row in rows}


class PeersBenchTest(unittest.TestCase):

    def run_script(self, *flags):
        self.folder = os.path.join(os.environ["TEST_TMPDIR"], "results")
        temporary = os.path.join(os.environ["TEST_TMPDIR"], "temporary")
        for folder in (self.folder, temporary):
            shutil.rmtree(folder, ignore_errors=True)
            os.mkdir(folder)
        done = subprocess.run(
            [sys.executable, of("bench/peers/run"), "--no_set_up", "--output", self.folder,
             "--dir", temporary, "--valkey=", "--pogocache=", "--connections=4", "--rate=1000",
             "--rounds=%d" % ROUNDS, "--seconds=0.1", "--latency_seconds=0.2",
             "--stall_seconds=0.3", "--keys=1000", "--memory_keys=2000", "--expiring_keys=1000",
             "--deleted_members=1000", "--set_members=2000",
             "--server", of("server/fastkv"), "--load", of("bench/load/fastkv_load"),
             "--floor", of("bench/floor/epoll_floor"),
             "--grpc_floor", of("bench/grpc/grpc_floor"), *flags],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE_S, check=False)
        output = done.stdout.decode()
        self.assertEqual(done.returncode, 0, output)
        self.assertEqual(os.listdir(temporary), [], "something was left behind")
        with open(os.path.join(self.folder, "results.md"), encoding="utf-8") as text:
            text = text.read()
        self.assertIn(text, output)
        with open(os.path.join(self.folder, "results.json"), encoding="utf-8") as results:
            self.results = json.load(results)
        self.assertNotIn(RUNFILES, json.dumps(self.results), "paths are nobody's business")
        return text

    def assert_columns(self, rows, *columns):
        """Each row has a figure of all rounds in each of the columns."""
        figure = r"^[\d,.]+ \([\d,.]+-[\d,.]+\)$"
        self.assertGreater(len(rows), 2)
        for name, cells in rows.items():
            if name and not name.startswith("---"):
                for column in columns:
                    cell = cells[rows[""].index(column)]
                    self.assertRegex(cell, figure, (name, column))

    def assert_plots(self, *names):
        self.assertEqual(sorted(name for name in os.listdir(self.folder) if name.endswith(".svg")),
                         sorted(names))
        for name in names:
            xml.etree.ElementTree.parse(os.path.join(self.folder, name))

    def packaged(self):
        found = []
        for name, binary in (("Redis", "redis-server"), ("memcached", "memcached")):
            if shutil.which(binary):
                found.append(name)
                self.assertRegex(self.results["about"]["versions"][name], r"\d+\.\d+")
        return found

    def test_strings_and_latency_of_every_server(self):
        text = self.run_script("--only=strings,latency")
        servers = ["bare loop", "FastKV", *self.packaged()]
        for title in ("Server CPU, us per operation", "Operations per second of the same runs",
                      "Latency at a fixed rate, us"):
            self.assert_columns(table(text, title), *servers)
        self.assert_columns(table(text, "Server CPU, us per operation"), "FastKV / bare loop")
        self.assert_columns(table(text, "FastKV with two workers: server CPU, us per operation"),
                            "FastKV", "FastKV, 2 workers", "2 / 1")
        self.assert_plots("cpu.svg", "latency.svg")
        self.assertGreater(len(self.results["runs"]), ROUNDS * 7 * len(servers))

    def test_sorted_sets(self):
        text = self.run_script("--only=sets")
        rows = table(text, "One sorted set: server CPU, us per operation, pipeline 16")
        self.assertIn("ZRANGE of 100 at 1,000", rows)
        self.assert_columns(rows, "FastKV", *(["Redis"] if "Redis" in self.packaged() else []))
        self.assert_plots("sets.svg")
        self.check_summary(rows)

    def check_summary(self, rows):
        """That of a run and itself has the run's medians."""
        plots = os.path.join(self.folder, "plots")
        summary = [sys.executable, of("bench/peers/summary"), "--output", plots, self.folder]
        done = subprocess.run([*summary, self.folder], stdout=subprocess.PIPE, check=True)
        found = table(done.stdout.decode(),
                      "One sorted set: server CPU, us per operation, pipeline 16")
        self.assertEqual(found.keys(), rows.keys())
        for name, cells in rows.items():
            self.assertEqual(found[name][0], cells[0].split(" ")[0] if name else cells[0])
        self.assertEqual(os.listdir(plots), ["sets.svg"])
        self.results["options"]["connections"] += 1
        other = os.path.join(self.folder, "other")
        os.mkdir(other)
        with open(os.path.join(other, "results.json"), "w", encoding="utf-8") as file:
            json.dump(self.results, file)
        done = subprocess.run([*summary, other], stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"its connections is 5, not 4", done.stderr)

    def test_memory_and_stalls(self):
        text = self.run_script("--only=memory,stalls", "--servers=FastKV|Redis|memcached")
        servers = ["FastKV", *self.packaged()]
        memory = table(text, "Resident memory, bytes")
        self.assertEqual(set(servers) - set(memory[""]), set())
        for row in ("per key", "per key with a TTL"):
            self.assertIn(row, memory)
        stalls = table(text, "Longest waits of another connection, ms")
        for row in ("2,000 keys are inserted: max", "idle, with these keys: p99.99",
                    "1,000 keys expire within a second: max"):
            for server in servers:
                self.assertGreater(float(stalls[row][stalls[""].index(server)]), 0)
        deleted = stalls["a set of 1,000 members is deleted: max"]
        self.assertGreater(float(deleted[stalls[""].index("FastKV")]), 0)
        noted = table(text, "The longest that the server itself noted, ms")
        self.assertIn("FastKV", noted[""])
        self.assert_plots("memory.svg", "stalls.svg")

    def test_grpc(self):
        text = self.run_script("--only=grpc")
        rows = table(text, "gRPC: server CPU, us per call")
        self.assertEqual(sorted(row for row in rows if row and row[0] != "-"), ["Get", "Set"])
        self.assert_columns(rows, "empty service", "FastKV", "FastKV / empty service")
        self.assert_plots()

    def test_an_unknown_part_is_refused(self):
        done = subprocess.run([sys.executable, of("bench/peers/run"), "--only=strings,stings"],
                              stderr=subprocess.PIPE, timeout=PATIENCE_S, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"knows no stings", done.stderr)


if __name__ == "__main__":
    unittest.main()
