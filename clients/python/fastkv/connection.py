"""How a channel to a server is set up, for both clients."""

from __future__ import annotations

from importlib import resources
from typing import Any, Sequence

DEFAULT_TARGET = "127.0.0.1:50051"
# Of a unary call, retries included.  Streams have none unless one is asked for.
DEFAULT_TIMEOUT_S = 5.0


def channel_options(request_ids: bool, options: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Retries by the service config that fits; the server alone limits messages."""
    name = "service_config_request_ids.json" if request_ids else "service_config.json"
    config = resources.files("fastkv").joinpath(name).read_text("utf-8")
    return [("grpc.service_config", config), ("grpc.enable_retries", 1),
            ("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1),
            *options]
