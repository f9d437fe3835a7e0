"""Errors of calls: the status of gRPC with the reason that FastKV gives."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Any

import grpc
from google.rpc import error_details_pb2, status_pb2

_DOMAIN = "fastkv"
_DETAILS = "grpc-status-details-bin"


class Reason(str, Enum):
    """Why FastKV refused a call; proto/fastkv/v1/error_reason.proto explains each."""

    WRONG_TYPE = "WRONG_TYPE"
    VALUE_NOT_INTEGER = "VALUE_NOT_INTEGER"
    VALUE_NOT_FLOAT = "VALUE_NOT_FLOAT"
    INTEGER_OVERFLOW = "INTEGER_OVERFLOW"
    SCORE_NOT_A_NUMBER = "SCORE_NOT_A_NUMBER"
    VALUE_TOO_LARGE = "VALUE_TOO_LARGE"
    INVALID_EXPIRY = "INVALID_EXPIRY"
    CONFLICTING_OPTIONS = "CONFLICTING_OPTIONS"
    KEY_NOT_FOUND = "KEY_NOT_FOUND"
    INDEX_OUT_OF_RANGE = "INDEX_OUT_OF_RANGE"
    INVALID_FIELD = "INVALID_FIELD"
    INVALID_PAGE_TOKEN = "INVALID_PAGE_TOKEN"
    RESPONSE_TOO_LARGE = "RESPONSE_TOO_LARGE"
    MALFORMED_REQUEST = "MALFORMED_REQUEST"
    UNKNOWN_SERVICE = "UNKNOWN_SERVICE"
    REQUEST_ID_REUSED = "REQUEST_ID_REUSED"
    REQUEST_IDS_EXHAUSTED = "REQUEST_IDS_EXHAUSTED"
    OVERLOADED = "OVERLOADED"
    TOO_MANY_OPERATIONS = "TOO_MANY_OPERATIONS"
    LOG_FAILED = "LOG_FAILED"
    SHUTTING_DOWN = "SHUTTING_DOWN"
    LOADING = "LOADING"


class Error(Exception):
    """A call that failed.  After an error that has a reason nothing has changed."""

    def __init__(self, code: grpc.StatusCode, message: str, reason: str = "",
                 metadata: dict[str, str] | None = None,
                 retry_after: timedelta | None = None) -> None:
        super().__init__("%s: %s" % (reason or code.name, message))
        self.code = code
        self.message = message
        # One of Reason, or a newer one.  Empty: the error is not from FastKV but from
        # what is between, as UNAVAILABLE and DEADLINE_EXCEEDED mostly are.
        self.reason = reason
        # As "operation", which of a transaction's operations failed.
        self.metadata = metadata or {}
        # When to try again, where the server says so.
        self.retry_after = retry_after


_CODES: dict[int, grpc.StatusCode] = {code.value[0]: code for code in grpc.StatusCode}


def error_from_status(status: Any) -> Error:
    """Of a google.rpc.Status."""
    reason, metadata, retry_after = "", {}, None
    for detail in status.details:
        info = error_details_pb2.ErrorInfo()
        retry = error_details_pb2.RetryInfo()
        if detail.Unpack(info) and info.domain == _DOMAIN:
            reason, metadata = info.reason, dict(info.metadata)
        elif detail.Unpack(retry):
            retry_after = retry.retry_delay.ToTimedelta()
    code = _CODES.get(status.code, grpc.StatusCode.UNKNOWN)
    return Error(code, status.message, reason, metadata, retry_after)


def error_from_call(error: Any) -> Error:
    """Of a grpc.RpcError that is the outcome of a call, of grpc's or of grpc.aio's."""
    for name, value in error.trailing_metadata() or ():
        if name == _DETAILS:
            return error_from_status(status_pb2.Status.FromString(value))
    return Error(error.code(), error.details() or "")
