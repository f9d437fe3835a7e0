"""fastkv-cli, one command at a time and through pipes, against the real server."""

import json
import os
import subprocess
import unittest

from cli_process import PROGRAM, FastkvCli
from server_process import PATIENCE_S, ServerProcess, temporary_folder


class CliTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.server = ServerProcess()
        cls.cli = FastkvCli(cls.server)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None, None, None)

    def setUp(self):
        with self.server.client() as client:
            client.call("FLUSHALL")

    def code(self, *words, **options):
        return self.cli.run(*words, **options)[0]

    def test_strings_are_set_read_and_counted(self):
        cli = self.cli
        self.assertRegex(cli.text("set", "k", "hello"), r"^set, version \d+\n$")
        self.assertEqual(cli.text("get", "k"), "hello\n")
        self.assertEqual(cli.text("append", "k", ", world"), "12\n")
        self.assertEqual(cli.text("get", "k", flags=["--raw"]), "hello, world")
        self.assertEqual(cli.text("incr", "n", "-5"), "-5\n")
        self.assertEqual(cli.text("incr", "n"), "-4\n")
        cli.text("mset", "a", "1", "b", "2")
        self.assertEqual(cli.text("mget", "b", "none", "a"), "2\n(none)\n1\n")
        self.assertEqual(cli.text("del", "a", "b", "none"), "removed 2\n")

    def test_expiries_are_typed_as_durations_and_times(self):
        cli = self.cli
        cli.text("set", "k", "v", "--ttl", "1h")
        ttl = cli.json("ttl", "k")
        self.assertLessEqual(ttl["ttl_ms"], 3600000)
        self.assertGreater(ttl["ttl_ms"], 3000000)
        self.assertEqual(cli.text("persist", "k"), "set\n")
        self.assertEqual(cli.text("ttl", "k"), "never\n")
        cli.text("expire", "k", "2100-01-01T00:00:00Z")
        self.assertEqual(cli.json("ttl", "k")["expire_time_ms"], 4102444800000)
        cli.text("set", "k", "w", "--keep-ttl")
        self.assertEqual(cli.json("ttl", "k")["expire_time_ms"], 4102444800000)
        self.assertEqual(self.code("expire", "k", "1h", "--if", "later"), 1)

    def test_a_no_is_exit_code_1(self):
        self.assertEqual(self.code("get", "none"), 1)
        self.assertEqual(self.code("exists", "none"), 1)
        self.assertEqual(self.code("set", "lock", "me", "--nx"), 0)
        self.assertEqual(self.code("set", "lock", "you", "--nx"), 1)
        self.assertEqual(self.code("del", "lock", "--if_value", "you"), 1)
        self.assertEqual(self.code("del", "lock", "--if_value=me"), 0)
        self.assertEqual(self.code("zscore", "z", "m"), 1)

    def test_errors_go_to_standard_error_with_codes_of_their_own(self):
        self.cli.text("set", "k", "text")
        code, output, errors = self.cli.run("incr", "k")
        self.assertEqual((code, output), (3, b""))
        self.assertIn("VALUE_NOT_INTEGER", errors)
        code, _, errors = self.cli.run("incr", "k", flags=["--json"])
        self.assertEqual(json.loads(errors)["error"]["reason"], "VALUE_NOT_INTEGER")
        self.assertEqual(code, 3)
        for words in (["nothing"], ["set", "k"], ["get", "k", "--what"],
                      ["set", "k", "v", "--ttl", "10"], ["set", "k", "v", "--nx", "--xx"],
                      ["incr", "k", "one"], ["zadd", "z", "nan", "m"]):
            code, output, errors = self.cli.run(*words)
            self.assertEqual((code, output), (2, b""), words)
            self.assertTrue(errors.startswith("error: "), errors)
        done = subprocess.run([PROGRAM, "--port=1", "--timeout=200ms", "get", "k"],
                              stderr=subprocess.PIPE, timeout=PATIENCE_S, check=False)
        self.assertEqual(done.returncode, 4)
        self.assertEqual(self.code("read", "k", "/no/such/folder/file"), 5)

    def test_help_and_version_need_no_server(self):
        def run(*words):
            return subprocess.run([PROGRAM, "--port=1", *words], stdout=subprocess.PIPE,
                                  timeout=PATIENCE_S, check=True).stdout.decode()
        self.assertRegex(run("--version"), r"^fastkv-cli \d")
        everything = run("help")
        for name in ("get", "zadd", "txn", "export", "bench"):
            self.assertIn("  %s " % name, everything)
        self.assertIn("--ttl DURATION", run("help", "set"))
        self.assertIn("--host", run("--help"))

    def test_bytes_survive(self):
        value = bytes(range(256))
        self.cli.text("set", "bin", "-", stdin=value)
        self.assertEqual(self.cli.run("get", "bin", flags=["--raw"])[1], value)
        answer = self.cli.json("get", "bin")
        self.assertNotIn("value", answer)
        self.assertTrue(answer["value_base64"].startswith("AAECAw"))
        self.cli.text("set", r"\xff\x00", r"a\nb", flags=["--escapes"])
        self.assertEqual(self.cli.text("get", r"\xff\x00", flags=["--escapes"]), "a\nb\n")
        self.assertEqual(json.loads(self.cli.text("keys", "--limit=1", "--glob", "[^b]*",
                                                  flags=["--json"]))["key_base64"], "/wA=")

    def test_a_dash_behind_two_dashes_is_a_dash(self):
        self.cli.text("set", "--", "k", "-")
        self.assertEqual(self.cli.text("get", "k"), "-\n")

    def test_sorted_sets_answer_every_command(self):
        cli = self.cli
        self.assertEqual(cli.text("zadd", "z", "1", "a", "2.5", "b", "inf", "c"),
                         "added 3, updated 0\n")
        self.assertEqual(cli.text("zadd", "z", "2", "a", "--gt", "--xx"), "added 0, updated 1\n")
        self.assertEqual(cli.text("zrange", "z", "0", "-1", "--scores"),
                         "2\ta\n2.5\tb\ninf\tc\n")
        self.assertEqual(cli.text("zrange", "z", "(2", "inf", "--by", "score", "--reverse",
                                  "--limit", "1"), "c\n")
        self.assertEqual(cli.json("zrange", "z", "--scores")["members"],
                         [{"member": "a", "score": 2.0}, {"member": "b", "score": 2.5},
                          {"member": "c", "score": "inf"}])
        self.assertEqual(cli.text("zscore", "z", "b", "none"), "2.5\n(none)\n")
        self.assertEqual(cli.text("zrank", "z", "b", "--reverse"), "1\n")
        self.assertEqual(cli.text("zincr", "z", "b", "-0.5"), "2\n")
        self.assertEqual(cli.text("zcount", "z", "2", "(inf"), "2\n")
        self.assertEqual(cli.text("zcount", "z", "[b", "+", "--by", "member"), "2\n")
        self.assertEqual(sorted(cli.text("zscan", "z").splitlines()), ["2\ta", "2\tb", "inf\tc"])
        self.assertEqual(cli.text("zstorerange", "copy", "z", "0", "1"), "2\n")
        self.assertEqual(cli.text("zcombine", "union", "z", "copy", "--weights", "1,10",
                                  "--scores"), "22\ta\n22\tb\ninf\tc\n")
        self.assertEqual(cli.text("zcombine", "difference", "z", "copy", "--store", "d"), "1\n")
        self.assertEqual(cli.text("zcombine", "intersection", "z", "none"), "")
        self.assertEqual(cli.text("zpop", "none", "z", "--highest"), "inf\tc\n")
        self.assertIn(cli.text("zsample", "z"), ("a\n", "b\n"))
        self.assertEqual(cli.text("zremrange", "z", "0", "0"), "removed 1\n")
        self.assertEqual(cli.text("zrem", "z", "a", "b"), "removed 1\n")

    def test_a_transaction_takes_commands_of_the_table(self):
        words = ["txn", "--if", "absent lock", "--then", "set lock 'me too'",
                 "--then", "incr n 5", "--else", "get lock"]
        code, output, _ = self.cli.run(*words)
        self.assertEqual(code, 0)
        self.assertRegex(output.decode(), r"^then:\nset, version \d+\n5\n$")
        self.assertEqual(self.cli.run(*words)[:2], (1, b"else:\nme too\n"))
        self.assertTrue(self.cli.json("txn", "--if", "value n = 5", "--if", "score z m > 1",
                                      "--then", "get n")["succeeded"] is False)
        self.assertEqual(self.code("txn", "--then", "keys"), 2)
        self.assertEqual(self.code("txn", "--if", "version k is 7"), 2)

    def test_lines_of_standard_input_are_commands(self):
        code, output, errors = self.cli.run(
            stdin=b"set k \"a b\\x21\"\n# a comment\n\nget k\nget none\nnothing\nincr n\n")
        self.assertRegex(output.decode(), r"^set, version \d+\na b!\n\(none\)\n1\n$")
        self.assertIn("no command nothing", errors)
        self.assertEqual(code, 2)
        self.assertEqual(self.cli.run(stdin=b"get none\nquit\nnothing\n")[0], 0)

    def test_large_values_go_from_and_to_files(self):
        value = os.urandom(1 << 20) * 5
        path = os.path.join(temporary_folder(), "value")
        with open(path, "wb") as file:
            file.write(value)
        self.cli.text("write", "big", path)
        self.assertEqual(self.cli.run("read", "big")[1], value)
        self.assertEqual(self.cli.run("read", "big", "--offset=1000", "--length=5000000")[1],
                         value[1000:5001000])
        self.cli.text("write", "piped", stdin=value)
        copy = os.path.join(temporary_folder(), "copy")
        self.cli.text("read", "piped", copy)
        with open(copy, "rb") as file:
            self.assertEqual(file.read(), value)
        self.assertEqual(self.code("write", "big", path, "--nx"), 1)
        self.assertEqual(self.code("read", "none", os.path.join(temporary_folder(), "none")), 1)
        self.assertFalse(os.path.exists(os.path.join(temporary_folder(), "none")))
        self.cli.text("write", "empty", os.devnull)
        self.assertEqual(self.cli.run("read", "empty"), (0, b"", ""))

    def test_a_reader_that_leaves_ends_it(self):
        self.cli.text("set", "k", "x" * 100)
        keys = subprocess.Popen([PROGRAM, *self.cli.flags, "get", "k"], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)
        keys.stdout.close()
        errors = keys.stderr.read()
        keys.stderr.close()
        self.assertNotEqual(keys.wait(PATIENCE_S), 0)
        self.assertEqual(errors, b"")

    def test_bench_measures_every_mode(self):
        lines = self.cli.text("bench", "--operations=2000", "--threads=2", "--keys=100",
                              flags=["--json"]).splitlines()
        rows = [json.loads(line) for line in lines]
        self.assertEqual([row["mode"] for row in rows],
                         ["unary-set", "unary-get", "batch-set", "batch-get", "pipeline-set",
                          "pipeline-get"])
        for row in rows:
            self.assertEqual(row["operations"], 2000)
            self.assertLessEqual(row["p50_us"], row["p999_us"])
        table = self.cli.text("bench", "unary-get", "--operations=100")
        self.assertEqual(len(table.splitlines()), 2)
        self.assertEqual(self.code("bench", "nothing"), 2)


if __name__ == "__main__":
    unittest.main()
