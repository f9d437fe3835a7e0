"""UnreliableProxy: a TCP proxy before a gRPC server that cuts connections.

It cuts a connection instead of passing on every so many-th answer, so that a
call has been applied and its client never hears of it; and, at random, instead
of passing on something that the client sent, so that a call may or may not have
been applied.  The draws come from a seed.
"""

import asyncio
import random
import threading

HOST = "127.0.0.1"

# HTTP/2: the length of a frame's payload in three bytes, its type in one, and
# five more.  A client's preface precedes its frames, a server has none.
_FRAME_HEADER_BYTES = 9
_DATA_FRAME = 0


class _AnswerCounter:
    """Counts the frames of a server's bytes that carry messages."""

    def __init__(self):
        self._header = b""
        self._payload = 0

    def count(self, piece):
        answers = 0
        while piece:
            if self._payload:
                passed = min(self._payload, len(piece))
                self._payload -= passed
            else:
                passed = min(_FRAME_HEADER_BYTES - len(self._header), len(piece))
                self._header += piece[:passed]
                if len(self._header) == _FRAME_HEADER_BYTES:
                    self._payload = int.from_bytes(self._header[:3], "big")
                    answers += self._header[3] == _DATA_FRAME and self._payload > 0
                    self._header = b""
            piece = piece[passed:]
        return answers


class UnreliableProxy:

    def __init__(self, server_port, seed, answers_per_cut, cut_chance):
        self.answers_lost = 0
        self.requests_lost = 0
        self._server_port = server_port
        self._random = random.Random(seed)
        self._answers_per_cut = answers_per_cut
        self._cut_chance = cut_chance
        self._answers = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def __enter__(self):
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _run(self):
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        async with await asyncio.start_server(self._serve, HOST, 0) as listener:
            self.port = listener.sockets[0].getsockname()[1]
            self._ready.set()
            await self._stop.wait()
        # asyncio.run() cancels what is left.

    async def _serve(self, from_client, to_client):
        from_server, to_server = await asyncio.open_connection(HOST, self._server_port)
        counter = _AnswerCounter()
        ways = [asyncio.ensure_future(way) for way in (
            self._pass_on(from_client, to_server, self._cut_request),
            self._pass_on(from_server, to_client,
                          lambda piece: self._cut_answer(counter, piece)))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            to_client.transport.abort()
            to_server.transport.abort()

    async def _pass_on(self, reader, writer, cuts):
        try:
            while True:
                piece = await reader.read(1 << 16)
                if not piece or cuts(piece):
                    return
                writer.write(piece)
                await writer.drain()
        except ConnectionError:
            pass

    def _cut_request(self, _):
        cut = self._random.random() < self._cut_chance
        self.requests_lost += cut
        return cut

    def _cut_answer(self, counter, piece):
        answers = counter.count(piece)
        self._answers += answers
        if self._answers < self._answers_per_cut:
            return False
        self._answers = 0
        self.answers_lost += answers
        return True
