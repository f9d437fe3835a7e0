"""Replays the transcripts of tcp_gateway/PROTOCOL.md byte for byte."""

import re
import socket
import time
import unittest

from server_process import ServerProcess

DOCUMENT = "tcp_gateway/PROTOCOL.md"
_PIECE = re.compile(rb"\\(x[0-9a-fA-F]{2}|.)|[^\\]+")
_CHARACTERS = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"\\": b"\\"}


class Transcript:
    """The steps of one block: ("send", bytes), ("wait", s), ("closes",), and
    ("expect", parts), where any number stands between two parts."""

    def __init__(self, line_number, kind):
        self.line_number = line_number
        self._hexadecimal = kind == "hex"
        self._ending = b"\n" if kind == "lf" else b"\r\n"
        self.steps = []

    def add(self, line):
        if line == "= closes":
            self.steps.append(("closes",))
        elif line.startswith("= ") and line.endswith(" ms later"):
            self.steps.append(("wait", int(line.split()[1]) / 1000))
        elif line[:1] in "<>" and line[1:2] in ("", " "):
            parts = self._decode(line[2:].encode())
            if line[0] == "<":
                self._add_parts(parts)
            elif len(parts) == 1:
                self._add_sent(parts[0])
            else:
                raise ValueError("%s: a wildcard is sent: %r" % (DOCUMENT, line))
        else:
            raise ValueError("%s: no step of a transcript: %r" % (DOCUMENT, line))

    def _add_sent(self, data):
        if self.steps and self.steps[-1][0] == "send":
            data = self.steps.pop()[1] + data
        self.steps.append(("send", data))

    def _add_parts(self, parts):
        if self.steps and self.steps[-1][0] == "expect":
            before = self.steps.pop()[1]
            parts = before[:-1] + [before[-1] + parts[0]] + parts[1:]
        self.steps.append(("expect", parts))

    def _decode(self, text):
        """The bytes that a line stands for, cut where a number may stand."""
        if self._hexadecimal:
            return [bytes.fromhex(text.decode().partition(";")[0])]
        ending = self._ending
        if text.endswith(b"\\c"):
            text, ending = text[:-2], b""
        parts = [b""]
        for piece in _PIECE.finditer(text):
            name = piece.group(1)
            if name == b"#":
                parts.append(b"")
            elif name is None:
                parts[-1] += piece.group()
            else:
                parts[-1] += (bytes([int(name[1:], 16)]) if name[:1] == b"x"
                              else _CHARACTERS[name])
        parts[-1] += ending
        return parts


def read_transcripts(path):
    transcripts = []
    current = None
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            line = line.rstrip("\n")
            if current is not None and line == "```":
                transcripts.append(current)
                current = None
            elif current is not None:
                current.add(line)
            elif line.split(" ")[0] == "```transcript":
                current = Transcript(number, line.partition(" ")[2])
    return transcripts


def receive(connection, count):
    received = b""
    while len(received) < count:
        data = connection.recv(count - len(received))
        if not data:
            break
        received += data
    return received


def receive_number(connection):
    """What stands for a wildcard, and the byte behind it."""
    digits = b""
    while (byte := receive(connection, 1)).isdigit():
        digits += byte
    return digits, byte


class TranscriptTest(unittest.TestCase):

    def setUp(self):
        self.transcripts = read_transcripts(DOCUMENT)
        self.assertGreater(len(self.transcripts), 20)

    def replay(self, send):
        with ServerProcess("--workers=2") as server, server.client() as admin:
            for transcript in self.transcripts:
                with self.subTest("%s:%d" % (DOCUMENT, transcript.line_number)):
                    admin.call("FLUSHALL")
                    with server.client() as client:
                        self.replay_one(transcript, client, send)

    def replay_one(self, transcript, client, send):
        closed = False
        for step in transcript.steps:
            if step[0] == "send":
                send(client, step[1])
            elif step[0] == "expect":
                self.check_received(client.socket, step[1])
            elif step[0] == "wait":
                time.sleep(step[1])
            else:
                self.assertEqual(client.read_to_end(), b"")
                closed = True
        if not closed:
            client.socket.shutdown(socket.SHUT_WR)
            self.assertEqual(client.read_to_end(), b"")

    def check_received(self, connection, parts):
        self.assertEqual(receive(connection, len(parts[0])), parts[0])
        for part in parts[1:]:
            digits, first = receive_number(connection)
            self.assertNotEqual(digits, b"")
            self.assertEqual(first + receive(connection, len(part) - 1), part)

    def test_every_transcript_in_whole_writes(self):
        self.replay(lambda client, data: client.send(data))

    def test_every_transcript_one_byte_at_a_time(self):
        def send(client, data):
            try:
                for i in range(len(data)):
                    client.send(data[i:i + 1])
            except (BrokenPipeError, ConnectionResetError):
                pass  # the server may close in the middle; what it sent is checked

        self.replay(send)


if __name__ == "__main__":
    unittest.main()
