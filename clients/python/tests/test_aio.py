"""The asynchronous client against the server at FASTKV_TARGET."""

import asyncio
import os
import unittest

import fastkv
from fastkv import aio
from fastkv import operations as op

TARGET = os.environ["FASTKV_TARGET"]


class AioTest(unittest.IsolatedAsyncioTestCase):

    async def asyncSetUp(self):
        self.client = aio.Client(TARGET)
        self.addAsyncCleanup(self.client.close)
        self.prefix = "%s:%s:" % (self.id(), os.urandom(4).hex())

    def key(self, name="k"):
        return self.prefix + name

    async def test_calls_overlap(self):
        key = self.key()
        sums = await asyncio.gather(*(self.client.increment(key) for _ in range(200)))
        self.assertEqual(sorted(sums), list(range(1, 201)))
        self.assertEqual(await self.client.get(key), b"200")

    async def test_sorted_sets(self):
        board = self.client.sorted_set(self.key())
        await board.add({"a": 1, "b": 2})
        self.assertEqual((await board.range(reverse=True))[0], fastkv.Scored(b"b", 2))

    async def test_keys_come_from_all_pages(self):
        await self.client.batch_set({self.key(str(i)): "v" for i in range(500)})
        keys = [info.key async for info in self.client.keys(prefix=self.prefix, page_size=50)]
        self.assertEqual(len(keys), 500)

    async def test_errors_have_their_reason(self):
        await self.client.set(self.key(), "text")
        with self.assertRaises(fastkv.Error) as raised:
            await self.client.increment(self.key())
        self.assertEqual(raised.exception.reason, fastkv.Reason.VALUE_NOT_INTEGER)

    async def test_transactions(self):
        done = await self.client.execute(fastkv.Transaction().then(op.increment(self.key())))
        self.assertEqual(done.results, [1])

    async def test_pipelines(self):
        async def steps():
            for _ in range(300):
                yield op.increment(self.key())
        results = [each async for each in self.client.pipeline(steps(), batch_size=64)]
        self.assertEqual(results, list(range(1, 301)))
        again = [each async for each in self.client.pipeline([op.get(self.key())])]
        self.assertEqual(again, [b"300"])

    async def test_streams(self):
        async def pieces():
            yield b"a" * 2_000_000
            yield b"b"
        self.assertTrue(await self.client.write_value(self.key(), pieces(), length=2_000_001))
        async with self.client.read_value(self.key()) as reader:
            self.assertEqual(await reader.read(), b"a" * 2_000_000 + b"b")
        entries = [each async for each in self.client.entries(prefix=self.prefix)]
        self.assertEqual(len(entries[0].value), 2_000_001)


if __name__ == "__main__":
    unittest.main()
