"""Pipelines: what the synchronous and the asynchronous client share of them."""

from __future__ import annotations

from collections import deque
from typing import Any, Iterable, Iterator

from fastkv.errors import Error, error_from_status
from fastkv.operations import Operation
from fastkv.transaction import to_message
from fastkv.v1 import pipeline_pb2 as pb

# With so many operations a message, most of the cost is theirs; the server takes
# ten thousand.
BATCH_SIZE = 256


class Batches:
    """Packs operations into messages, and unpacks the answers.

    The requests are made by one thread and the answers unpacked by another: what is
    in between is a deque, whose ends may belong to different threads.
    """

    def __init__(self) -> None:
        self._sent: deque[list[Operation[Any]]] = deque()

    def request(self, operations: list[Operation[Any]]) -> pb.PipelineRequest:
        request = pb.PipelineRequest(operations=map(to_message, operations))
        self._sent.append(operations)
        return request

    def requests(self, operations: Iterable[Operation[Any]],
                 batch_size: int) -> Iterator[pb.PipelineRequest]:
        batch: list[Operation[Any]] = []
        for operation in operations:
            batch.append(operation)
            if len(batch) == batch_size:
                yield self.request(batch)
                batch = []
        if batch:
            yield self.request(batch)

    def results(self, response: pb.PipelineResponse) -> Iterator[Any | Error]:
        """Each is what the operation answers, or the Error with which it failed."""
        for operation, result in zip(self._sent.popleft(), response.results, strict=True):
            if result.HasField("error"):
                yield error_from_status(result.error)
            else:
                yield operation.decode(getattr(result, operation.field))
