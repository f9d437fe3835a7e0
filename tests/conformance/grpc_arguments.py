"""How translations of commands into RPCs read their arguments."""

import math

INT64 = range(-2**63, 2**63)


class Inexpressible(Exception):
    """There is no RPC for this command, or for this form of it."""


def integer(arg):
    try:
        number = int(arg)
    except ValueError:
        raise Inexpressible from None
    if number not in INT64 or b"%d" % number != arg:
        raise Inexpressible
    return number


def score(arg):
    try:
        number = float(arg)
    except ValueError:
        raise Inexpressible from None
    if math.isnan(number):
        raise Inexpressible
    return number


def words(args, allowed):
    upper = [arg.upper() for arg in args]
    if not set(upper) <= set(allowed):
        raise Inexpressible
    return upper


def exactly(args, count):
    if len(args) != count:
        raise Inexpressible


def some(args):
    if not args:
        raise Inexpressible
