"""How long a list in a JSON text is, without making anything of what is in it.

A list of three million empty objects is 9 MB of text and 200 MB once it is read; whoever refuses it should not have
read it.
"""

import json
import re

__all__ = ["is_longer"]

# A string, and one that never ends, lest each quote in it is taken for the beginning of another; an object with no list
# and no other object in it; a bracket or a comma.
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)'
_TOKENS = re.compile(rb'%b|\{[^][{}"]*+(?:%b[^][{}"]*+)*+\}|[][{},]' % (_STRING, _STRING), re.DOTALL)


def is_longer(text: bytes, name: str, most: int) -> bool:
    """Has the outermost object a list of that name with more items?

    Args:
        text: UTF-8; where it is no JSON, some answer is given.
        most: At least 1.
    """
    # Most texts are not so long, or have not so many commas.
    if len(text) <= 2 * most or text.count(b",") < most:
        return False
    depth, commas, is_it, string = 0, 0, False, b""
    for match in _TOKENS.finditer(text):
        token = match[0]
        if token == b",":
            commas += is_it and depth == 2
            if commas == most:
                return True
        elif token in (b"{", b"["):
            depth += 1
            if depth == 2:
                commas, is_it = 0, token == b"[" and _is(string, name)
        elif token in (b"}", b"]"):
            depth -= 1
        elif depth == 1:
            string = token
    return False


def _is(string: bytes, name: str) -> bool:
    try:
        return bool(json.loads(string) == name)
    except ValueError:
        return False
