"""fastkv-cli on a terminal: prompt, history, completion, interruption."""

import os
import pty
import re
import select
import signal
import subprocess
import time
import unittest

from cli_process import PROGRAM, FastkvCli
from server_process import PATIENCE_S, ServerProcess, temporary_folder

_CONTROL = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|[\x07\r]|.\x08")


class Terminal:
    """A session on a terminal of its own."""

    def __init__(self, cli, history):
        self._master, slave = pty.openpty()
        environment = dict(os.environ, TERM="xterm", FASTKV_CLI_HISTORY=history, LC_ALL="C.UTF-8",
                           HOME=temporary_folder())
        self._process = subprocess.Popen(
            [PROGRAM, *cli.flags], stdin=slave, stdout=slave, stderr=slave, env=environment,
            start_new_session=True)
        os.close(slave)
        self._seen = b""
        self.expect("> ")

    def send(self, text):
        os.write(self._master, text.encode())

    def expect(self, wanted):
        """Reads until the screen has shown `wanted`."""
        self._expect(re.compile(re.escape(wanted)))

    def _expect(self, pattern):
        deadline = time.monotonic() + PATIENCE_S
        while True:
            seen = _CONTROL.sub(b"", self._seen).decode("utf-8", "replace")
            if pattern.search(seen):
                self._seen = b""
                return
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._master], [], [], left)[0]:
                raise AssertionError("no %r in %r" % (pattern.pattern, seen))
            try:
                self._seen += os.read(self._master, 1 << 16)
            except OSError:
                raise AssertionError("it ended; no %r in %r" %
                                     (pattern.pattern, seen)) from None

    def command(self, line, answer):
        """Sends a line, and waits for its answer and the next prompt: what is
        typed before is not yet the editor's."""
        self.send(line + "\n")
        self._expect(re.compile(re.escape(answer) + r".*> $", re.DOTALL))

    def interrupt(self):
        os.killpg(self._process.pid, signal.SIGINT)

    def end(self, text="quit\n"):
        self.send(text)
        code = self._process.wait(PATIENCE_S)
        os.close(self._master)
        return code


class InteractiveTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.server = ServerProcess()
        cls.cli = FastkvCli(cls.server)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None, None, None)

    def setUp(self):
        self.history = os.path.join(temporary_folder(), self.id())

    def terminal(self):
        return Terminal(self.cli, self.history)

    def test_lines_are_answered_and_errors_do_not_end_it(self):
        terminal = self.terminal()
        terminal.command("set greeting \"hello, world\"", "set, version")
        terminal.command("get greeting", "hello, world")
        terminal.command("incr greeting", "VALUE_NOT_INTEGER")
        terminal.command("nonsense", "no command nonsense")
        terminal.command("get \"open", "quote")
        terminal.command("help get", "prints a string")
        self.assertEqual(terminal.end(), 0)

    def test_what_a_terminal_cannot_show_is_escaped(self):
        terminal = self.terminal()
        terminal.command(r'set bin "a\x00\xff\n"', "set, version")
        terminal.command("get bin", r'"a\x00\xff\n"')
        terminal.command("set word grün", "set, version")
        terminal.command("get word", "grün")
        self.assertEqual(terminal.end("\x04"), 0)

    def test_the_arrow_brings_back_lines_also_of_an_earlier_session(self):
        terminal = self.terminal()
        terminal.command("incr n1", "1")
        self.assertEqual(terminal.end(), 0)
        self.assertEqual(os.stat(self.history).st_mode & 0o777, 0o600)
        terminal = self.terminal()
        terminal.send("\x1b[A")
        terminal.expect("quit")
        terminal.send("\x1b[A")
        terminal.expect("incr n1")
        terminal.command("0", "\n1\n")  # becomes incr n10
        self.assertEqual(terminal.end(), 0)
        self.assertEqual(self.cli.text("get", "n10"), "1\n")

    def test_tab_completes_commands_and_options(self):
        terminal = self.terminal()
        terminal.send("exi\t")
        terminal.expect("exi")
        terminal.send("\t")
        terminal.expect("exists  exit")
        terminal.command("s\tnobody", "(none)")  # "exists nobody"
        terminal.send("zra\t")
        terminal.expect("zran")
        terminal.send("\t")
        terminal.expect("zrange  zrank")
        terminal.command("\x15set k v --tt\t1h", "set, version")
        terminal.command("ttl k", ", at 2")  # the moment; it has one
        terminal.command("HE\tse\t", "--keep_ttl")  # help set
        self.assertEqual(terminal.end(), 0)

    def test_control_c_drops_the_line_and_not_the_session(self):
        terminal = self.terminal()
        # Also at moments when the editor does not yet wait for the next key.
        for _ in range(20):
            terminal.send("del everything")
            terminal.expect("everything")
            terminal.interrupt()
            terminal.expect("^C")
        terminal.command("get nothing-here", "(none)")
        self.assertEqual(terminal.end(), 0)


if __name__ == "__main__":
    unittest.main()
