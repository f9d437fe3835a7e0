"""FastKV's client: fastkv.Client, and fastkv.aio.Client for asyncio.

fastkv.v1 is what is generated from the API's protos, for whoever wants the bare calls.
"""

from fastkv import operations
from fastkv.client import Client, SortedSet, ValueReader
from fastkv.errors import Error, Reason
from fastkv.operations import Operation
from fastkv.sorted_set_operations import by_member, by_rank, by_score
from fastkv.transaction import (
    Compare,
    Transaction,
    TransactionResult,
    compare_exists,
    compare_score,
    compare_type,
    compare_value,
    compare_version,
)
from fastkv.values import (
    AddResult,
    DeleteResult,
    Entry,
    Expiry,
    KeyInfo,
    Popped,
    Rank,
    Scored,
    SetResult,
    StreamedEntry,
    ValueType,
)

__all__ = [
    "AddResult", "Client", "Compare", "DeleteResult", "Entry", "Error", "Expiry", "KeyInfo",
    "Operation", "Popped", "Rank", "Reason", "Scored", "SetResult", "SortedSet", "StreamedEntry",
    "Transaction", "TransactionResult", "ValueReader", "ValueType", "by_member", "by_rank",
    "by_score", "compare_exists", "compare_score", "compare_type", "compare_value",
    "compare_version", "operations",
]
