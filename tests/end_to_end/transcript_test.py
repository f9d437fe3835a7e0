"""Replays the transcripts of tcp_gateway/PROTOCOL.md byte for byte."""

import re
import socket
import time
import unittest

from server_process import ServerProcess

DOCUMENT = "tcp_gateway/PROTOCOL.md"
_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|.)")
_CHARACTERS = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"\\": b"\\"}


class Transcript:
    """The steps of one block: ("send" or "expect", bytes), ("wait", s), ("closes",)."""

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
            kind = "send" if line[0] == ">" else "expect"
            data = self._decode(line[2:].encode())
            if self.steps and self.steps[-1][0] == kind:
                data = self.steps.pop()[1] + data
            self.steps.append((kind, data))
        else:
            raise ValueError("%s: no step of a transcript: %r" % (DOCUMENT, line))

    def _decode(self, text):
        if self._hexadecimal:
            return bytes.fromhex(text.decode().partition(";")[0])
        ending = self._ending
        if text.endswith(b"\\c"):
            text, ending = text[:-2], b""

        def character(match):
            name = match.group(1)
            return bytes([int(name[1:], 16)]) if name[:1] == b"x" else _CHARACTERS[name]

        return _ESCAPE.sub(character, text) + ending


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
                self.assertEqual(receive(client.socket, len(step[1])), step[1])
            elif step[0] == "wait":
                time.sleep(step[1])
            else:
                self.assertEqual(client.read_to_end(), b"")
                closed = True
        if not closed:
            client.socket.shutdown(socket.SHUT_WR)
            self.assertEqual(client.read_to_end(), b"")

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
