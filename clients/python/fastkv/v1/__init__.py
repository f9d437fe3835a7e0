"""Generated from proto/fastkv/v1."""
