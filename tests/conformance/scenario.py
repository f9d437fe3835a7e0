"""Scenarios: the files of scenarios/, read.  README.md describes the notation."""

import dataclasses
import re
from typing import Any, Optional

import expected_value

DRIVERS = ("text", "resp2", "resp3", "legacy", "grpc")

_COMMAND = re.compile(r"(\w*)> ?(.*)")
_RECEIVED = re.compile(r"(\w*)< ?(.*)")
_REDIS = re.compile(r"redis\[([a-z0-9-]+)\]: ?(.*)")
_KEEP = re.compile(r"= keep (\w+)")
_LEAVES = re.compile(r"= (\w+) leaves")
_WORD = re.compile(r'\s*("(?:[^"\\]|\\.)*"(?=\s|$)|[^\s"]\S*)')


@dataclasses.dataclass
class Step:
    """One command, one message that comes by itself, or what the client does."""

    line: int
    connection: str = ""
    args: Optional[list] = None  # None: only a reply is read
    pause_ms: int = 0
    kept_as: str = ""  # the last reply is kept under this name
    leaves: bool = False  # the connection is closed
    expected: Any = None  # a Value, "blocks" or "closes"
    exception: str = ""  # why Redis answers otherwise
    redis_expected: Any = None

    @property
    def command(self):
        return self.args[0].decode().lower() if self.args else ""


@dataclasses.dataclass
class Scenario:
    title: str
    file: str
    line: int
    drivers: tuple = DRIVERS
    server_flags: tuple = ()
    steps: list = dataclasses.field(default_factory=list)

    def __str__(self):
        return "%s:%d: %s" % (self.file, self.line, self.title)


def split_command(text):
    """The arguments of a command line, as redis-cli splits it."""
    args, at, text = [], 0, text.rstrip()
    while at < len(text):
        match = _WORD.match(text, at)
        if match is None:
            raise ValueError("unbalanced quotes: " + text)
        word = match.group(1)
        args.append(expected_value.unquote(word) if word[0] == '"' else word.encode())
        at = match.end()
    return args


def read_file(path, name):
    """The scenarios of one file."""
    with open(path, encoding="utf-8") as file:
        return _Reader(name, file.read().split("\n")).read()


class _Reader:

    def __init__(self, name, lines):
        self._name = name
        self._lines = lines
        self._at = 0
        self._scenarios = []

    def read(self):
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if not line.strip() or line.startswith("#"):
                continue
            try:
                self._read_line(line)
            except ValueError as error:
                raise ValueError("%s:%d: %s" % (self._name, self._at, error)) from error
        return self._scenarios

    def _read_line(self, line):
        if line.startswith("== "):
            self._scenarios.append(Scenario(line[3:].strip(), self._name, self._at))
            return
        if not self._scenarios:
            raise ValueError("not in a scenario")
        scenario = self._scenarios[-1]
        key, _, value = line.partition(": ")
        if key == "drivers":
            scenario.drivers = _choose_drivers(value.split())
        elif key == "server":
            scenario.server_flags = tuple(value.split())
        elif line.startswith("= wait "):
            scenario.steps.append(Step(self._at, pause_ms=int(line[len("= wait "):])))
        elif match := _KEEP.fullmatch(line):
            scenario.steps.append(Step(self._at, kept_as=match.group(1)))
        elif match := _LEAVES.fullmatch(line):
            scenario.steps.append(Step(self._at, connection=match.group(1), leaves=True))
        else:
            scenario.steps.append(self._read_step(line))

    def _read_step(self, line):
        step = Step(self._at)
        command, received = _COMMAND.match(line), _RECEIVED.match(line)
        if command:
            step.connection = command.group(1)
            step.args = split_command(command.group(2))
            step.expected = self._read_value(self._next_line())
        elif received:
            step.connection = received.group(1)
            step.expected = self._read_value(received.group(2))
        else:
            raise ValueError("neither a command nor a reply: " + line)
        if self._at < len(self._lines):
            exception = _REDIS.match(self._lines[self._at])
            if exception:
                self._at += 1
                step.exception = exception.group(1)
                step.redis_expected = self._read_value(exception.group(2))
        return step

    def _next_line(self):
        if self._at == len(self._lines):
            raise ValueError("a reply is missing")
        self._at += 1
        return self._lines[self._at - 1]

    def _read_value(self, text):
        if text in ("blocks", "closes"):
            return text
        while not expected_value.is_complete(text):
            text += " " + self._next_line()
        return expected_value.parse(text)


def _choose_drivers(names):
    unknown = {name.lstrip("-") for name in names} - set(DRIVERS)
    if unknown or not names:
        raise ValueError("no such drivers: %s" % sorted(unknown))
    if names[0].startswith("-"):
        return tuple(d for d in DRIVERS if "-" + d not in names)
    return tuple(names)
