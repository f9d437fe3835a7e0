"""Expected values: the notation of README.md, and when a reply is such a value.

A value is a function of a reply and the reply's protocol that tells whether the
reply is what it says; `parse` makes one from the notation.
"""

import math
import re

from resp_client import NIL_ARRAY, Double, Map, Push, Set, Status
from text_client import ReplyError

_ESCAPES = {"n": b"\n", "r": b"\r", "t": b"\t", "b": b"\b", "a": b"\a"}
_TOKEN = re.compile(r"""
    \s* (?: (?P<string> "(?:[^"\\]|\\.)*" )
          | (?P<error> !"(?:[^"\\]|\\.)*" )
          | (?P<regex> /(?:[^/\\]|\\.)*/ )
          | (?P<status> \+[^\s\]}]* )
          | (?P<word> [A-Za-z-]+(?![\d.]) )
          | (?P<number> [+-]?[\d.]+(?:e[+-]?\d+)? )
          | (?P<mark> [\[\]{}] ) )""", re.VERBOSE)


class Protocol:
    """How replies of one kind of connection say what others say otherwise."""

    def __init__(self, *, types=False, exact_doubles=True, statuses=True, exact_errors=True):
        self.types = types  # RESP3's maps, sets, pushes, booleans, doubles
        self.exact_doubles = exact_doubles  # the text of a double counts
        self.statuses = statuses  # a status differs from a string
        self.exact_errors = exact_errors  # the text of an error counts


def unquote(text):
    """The bytes that a quoted string stands for."""
    out, i, text = b"", 0, text[1:-1]
    while i < len(text):
        if text[i] != "\\":
            out += text[i].encode()
            i += 1
        elif text[i + 1] == "x":
            out += bytes([int(text[i + 2:i + 4], 16)])
            i += 4
        else:
            out += _ESCAPES.get(text[i + 1], text[i + 1].encode())
            i += 2
    return out


class Value:

    def __init__(self, name, matches):
        self.name = name
        self.matches = matches

    def __repr__(self):
        return self.name


def parse(text):
    """The value that `text` stands for.  ValueError if it is none."""
    text = text.strip()
    if text.startswith("!") and not text.startswith('!"'):
        return error(text[1:])
    if text.startswith("+") and not text[1:2].isdigit():
        return status(text[1:])
    tokens = _tokens(text)
    value = _parse_value(tokens)
    if tokens:
        raise ValueError("more than one value: " + text)
    return value


def is_complete(text):
    """Whether no bracket of `text` is still open."""
    try:
        kinds = [value for kind, value in _tokens(text) if kind == "mark"]
    except ValueError:
        return True  # parse() says what is wrong
    return sum(1 if mark in "[{" else -1 for mark in kinds) <= 0


def status(text):
    """A status; of "..." any."""

    def matches(reply, protocol):
        if text == "...":
            return isinstance(reply, Status if protocol.statuses else (bytes, Status))
        if protocol.statuses:
            return isinstance(reply, Status) and reply == text
        return reply in (text.encode(), Status(text))

    return Value("+" + text, matches)


def error(text):

    def matches(reply, protocol):
        if not isinstance(reply, ReplyError):
            return False
        if " " in text and protocol.exact_errors:
            return str(reply) == text
        return str(reply).split(" ")[0] == text.split(" ")[0]

    return Value("!" + text, matches)


def string(data):
    return Value(repr(data), lambda reply, _: isinstance(reply, bytes) and reply == data)


def integer(low, high):
    name = str(low) if low == high else "int %s %s" % (low, high)
    return Value(name, lambda reply, _: isinstance(reply, int) and not isinstance(reply, bool)
                 and low <= reply <= high)


def _same_double(one, other):
    return one == other and math.copysign(1, one) == math.copysign(1, other)


def double(text):

    def matches(reply, protocol):
        if isinstance(reply, Double) and protocol.types:
            return reply.text == text if protocol.exact_doubles else _same_double(reply, float(text))
        if isinstance(reply, float):
            return not protocol.types and _same_double(reply, float(text))
        if not isinstance(reply, bytes) or protocol.types:
            return False
        if protocol.exact_doubles:
            return reply == text.encode()
        try:
            return _same_double(float(reply), float(text))
        except ValueError:
            return False

    return Value("double " + text, matches)


def boolean(truth):

    def matches(reply, protocol):
        if protocol.types:
            return isinstance(reply, bool) and reply == truth
        return isinstance(reply, int) and reply == int(truth)

    return Value(str(truth).lower(), matches)


def _same_sequence(items, reply, protocol):
    return len(items) == len(reply) and all(
        item.matches(part, protocol) for item, part in zip(items, reply))


def _same_in_any_order(items, reply, protocol):
    rest = list(reply)
    for item in items:
        found = next((i for i, part in enumerate(rest) if item.matches(part, protocol)), None)
        if found is None:
            return False
        del rest[found]
    return not rest


def _is_array(reply):
    return type(reply) is list


def array(items):
    return Value("%s" % items, lambda reply, protocol: _is_array(reply) and _same_sequence(
        items, reply, protocol))


def unordered(items):
    return Value("unordered %s" % items, lambda reply, protocol: _is_array(
        reply) and _same_in_any_order(items, reply, protocol))


def set_of(items):
    return Value("set %s" % items, lambda reply, protocol: isinstance(
        reply, Set if protocol.types else list) and _same_in_any_order(items, reply, protocol))


def push(items):
    return Value("push %s" % items, lambda reply, protocol: isinstance(
        reply, Push if protocol.types else list) and _same_sequence(items, reply, protocol))


def _twos(items):
    return [array(list(pair)) for pair in zip(items[::2], items[1::2])]


def pairs(items):

    def matches(reply, protocol):
        if not _is_array(reply):
            return False
        return _same_sequence(_twos(items) if protocol.types else items, reply, protocol)

    return Value("pairs %s" % items, matches)


def mapping(items):

    def matches(reply, protocol):
        if protocol.types:
            twos = [list(pair) for pair in reply] if isinstance(reply, Map) else None
        else:
            twos = [list(pair) for pair in zip(reply[::2], reply[1::2])] if _is_array(
                reply) else None
        return twos is not None and _same_in_any_order(_twos(items), twos, protocol)

    return Value("map %s" % items, matches)


def _string_like(pattern):
    expression = re.compile(pattern.encode(), re.DOTALL)
    return Value("string /%s/" % pattern, lambda reply, _: isinstance(reply, bytes) and bool(
        expression.fullmatch(reply)))


_AGGREGATES = {"unordered": unordered, "set": set_of, "push": push, "pairs": pairs,
               "map": mapping}
_WORDS = {
    "nil": Value("nil", lambda reply, _: reply is None),
    "nil-array": Value("nil-array", lambda reply, protocol: reply is None or reply is NIL_ARRAY),
    "true": boolean(True),
    "false": boolean(False),
    "any": Value("any", lambda reply, _: not isinstance(reply, ReplyError)),
}


def _tokens(text):
    tokens, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError("not a value: " + text[at:])
        tokens.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return tokens


def _parse_value(tokens):
    if not tokens:
        raise ValueError("a value is missing")
    kind, text = tokens.pop(0)
    if kind == "string":
        return string(unquote(text))
    if kind == "error":
        return error(unquote(text[1:]).decode())
    if kind == "status":
        return status(text[1:])
    if kind == "number":
        return integer(int(text), int(text))
    if text in "[{":
        return array(_parse_items(tokens))
    if text in _WORDS:
        return _WORDS[text]
    if text in _AGGREGATES and tokens and tokens[0][1] in "[{":
        tokens.pop(0)
        return _AGGREGATES[text](_parse_items(tokens))
    if text == "double" and tokens:
        return double(tokens.pop(0)[1])
    if text == "int":
        if len(tokens) >= 2 and tokens[0][0] == tokens[1][0] == "number":
            return integer(int(tokens.pop(0)[1]), int(tokens.pop(0)[1]))
        return integer(float("-inf"), float("inf"))
    if text == "string":
        if tokens and tokens[0][0] == "regex":
            return _string_like(tokens.pop(0)[1][1:-1])
        return _string_like(".*")
    raise ValueError("not a value: " + text)


def _parse_items(tokens):
    items = []
    while tokens and tokens[0][1] not in ("]", "}"):
        items.append(_parse_value(tokens))
    if not tokens:
        raise ValueError("a bracket is not closed")
    tokens.pop(0)
    return items
