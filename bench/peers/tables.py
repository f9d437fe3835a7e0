"""All tables, in the order in which they are shown."""

import grpc_calls
import memory
import sets
import stalls
import strings

TABLES = (*strings.TABLES, *sets.TABLES, *memory.TABLES, *stalls.TABLES, *grpc_calls.TABLES)
