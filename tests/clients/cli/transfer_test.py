"""fastkv-cli export and import: nothing is lost, nothing is added."""

import base64
import json
import os
import random
import subprocess
import unittest

from cli_process import PROGRAM, FastkvCli
from server_process import ServerProcess, temporary_folder

ENTRIES = 100_000
# Far from now, so that none expires while the test runs.
FIRST_EXPIRY_MS = 4_000_000_000_000


def bytes_field(name, value):
    try:
        return {name: value.decode("utf-8")}
    except UnicodeDecodeError:
        return {name + "_base64": base64.b64encode(value).decode()}


def make_entry(rng, number):
    """Strings and sets, text and binary, with and without an expiry."""
    key = b"%d:" % number + (rng.randbytes(rng.randrange(20)) if rng.random() < 0.5 else b"text")
    entry = bytes_field("key", key)
    if rng.random() < 0.2:
        members = {rng.randbytes(rng.randrange(8)) for _ in range(1 + rng.randrange(6))}
        scores = [rng.uniform(-1e9, 1e9), float(rng.randrange(10)), float("inf"), float("-inf")]
        entry["type"] = "sorted_set"
        entry["members"] = []
        for member in members:
            score = rng.choice(scores)
            text = {float("inf"): "inf", float("-inf"): "-inf"}.get(score, score)
            entry["members"].append(dict(bytes_field("member", member), score=text))
    else:
        entry["type"] = "string"
        value = rng.randbytes(rng.randrange(60)) if rng.random() < 0.5 else b"v%d\n" % number
        entry.update(bytes_field("value", value))
    if rng.random() < 0.3:
        entry["expire_time_ms"] = FIRST_EXPIRY_MS + rng.randrange(10**9)
    return entry


def sorted_lines(path):
    with open(path, "rb") as file:
        return sorted(file.read().splitlines())


class TransferTest(unittest.TestCase):

    def path(self, name):
        return os.path.join(temporary_folder(), name)

    def write_lines(self, name, lines):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)
        return self.path(name)

    def test_100000_entries_exported_imported_and_exported_again_are_identical(self):
        seed = random.randrange(1 << 32)
        print("seed", seed)
        rng = random.Random(seed)
        source = self.write_lines(
            "source", (json.dumps(make_entry(rng, i)) for i in range(ENTRIES)))
        with ServerProcess() as server:
            cli = FastkvCli(server)
            code, _, errors = cli.run("import", source)
            self.assertEqual(code, 0, errors)
            self.assertIn("imported 100,000 entries", errors)
            # A set that takes many messages, and a value longer than one.
            cli.text(stdin=b"".join(b"zadd many %d member%d\n" % (i, i) for i in range(3000)))
            cli.text("write", "long", stdin=rng.randbytes(6 << 20))
            code, _, errors = cli.run("export", self.path("first"))
            self.assertEqual(code, 0, errors)
            self.assertIn("exported 100,002 entries", errors)
        with ServerProcess() as server:
            cli = FastkvCli(server)
            self.assertEqual(cli.run("import", self.path("first"))[0], 0)
            # Through a pipe this time.
            code, output, errors = cli.run("export", "--quiet")
            self.assertEqual((code, errors), (0, ""))
            with open(self.path("second"), "wb") as file:
                file.write(output)
            # What is imported again replaces itself.
            self.assertEqual(cli.run("import", "-", stdin=output)[0], 0)
            self.assertEqual(cli.run("export", self.path("third"))[0], 0)
        first = sorted_lines(self.path("first"))
        self.assertEqual(len(first), ENTRIES + 2)
        self.assertTrue(first == sorted_lines(self.path("second")))
        self.assertTrue(first == sorted_lines(self.path("third")))
        wanted = {}
        with open(source, encoding="utf-8") as file:
            for line in file:
                entry = json.loads(line)
                wanted[entry.get("key", entry.get("key_base64"))] = entry
        for line in first:
            entry = json.loads(line)
            key = entry.get("key", entry.get("key_base64"))
            if key in ("many", "long"):
                continue
            self.assertEqual(normal(entry), normal(wanted[key]))

    def test_errors_name_lines_and_an_import_goes_on_from_one(self):
        good = '{"key":"k%d","value":"%d"}'
        path = self.write_lines("bad", [
            good % (1, 1), '{"key":"k2"}', good % (3, 3), "not JSON", "",
            '{"key":"k6","value":"v","expire_time_ms":-1}',
            '{"key":"k7","type":"sorted_set","members":[{"member":"m","score":"nan"}]}',
            good % (8, 8)])
        with ServerProcess() as server:
            cli = FastkvCli(server)
            code, _, errors = cli.run("import", path)
            self.assertEqual(code, 5)
            self.assertIn("line 2: ", errors)
            self.assertIn("--from_line 2", errors)
            self.assertEqual(cli.text("keys"), "k1\n")
            code, _, errors = cli.run("import", path, "--from_line=3", "--keep_going")
            self.assertEqual(code, 5)
            for line in (4, 6, 7):
                self.assertIn("line %d: " % line, errors)
            self.assertIn("imported 2 entries", errors)
            self.assertEqual(sorted(cli.text("keys").split()), ["k1", "k3", "k8"])

    def test_a_broken_connection_tells_from_where_to_go_on(self):
        path = self.write_lines("many", ('{"key":"k%d","value":"v"}' % i for i in range(20000)))
        data = "--data_dir=" + self.path("data")
        with ServerProcess(data) as server:
            cli = FastkvCli(server)
            # The second half comes when the server is gone.
            importing = subprocess.Popen([PROGRAM, *cli.flags, "import"], stdin=subprocess.PIPE,
                                         stderr=subprocess.PIPE)
            with open(path, "rb") as file:
                lines = file.readlines()
            importing.stdin.write(b"".join(lines[:10000]))
            importing.stdin.flush()
            with server.client() as client:
                while int(client.call("DBSIZE")) < 5000:
                    pass
            server.stop()
            # Writes the rest, as far as it is read.
            errors = importing.communicate(b"".join(lines[10000:]))[1].decode()
            self.assertEqual(importing.returncode, 4, errors)
        with ServerProcess(data) as server:
            first = errors.rsplit("--from_line ", 1)[1].split()[0]
            self.assertGreater(int(first), 1)
            cli = FastkvCli(server)
            self.assertEqual(cli.run("import", path, "--from_line", first)[0], 0)
            # Of the lines before it none was left out.
            self.assertEqual(len(cli.text("keys").split()), 20000)

    def test_only_matching_keys_are_exported(self):
        with ServerProcess() as server:
            cli = FastkvCli(server)
            cli.text("mset", "a:1", "x", "a:2", "y", "b:1", "z")
            lines = cli.text("export", "--prefix=a:", "--quiet").splitlines()
            self.assertEqual(sorted(json.loads(line)["key"] for line in lines), ["a:1", "a:2"])
            self.assertEqual(json.loads(cli.text("export", "--glob=b*", "--quiet")),
                             {"key": "b:1", "type": "string", "value": "z"})


def normal(entry):
    """An entry whose members have an order."""
    members = entry.get("members")
    if members is not None:
        entry = dict(entry, members=sorted(map(repr, ({**m, "score": float(m["score"])}
                                                      for m in members))))
    return entry


if __name__ == "__main__":
    unittest.main()
