"""The query of a request, held against the parameters that its operation declares: one rule for all operations.

A parameter has one value. Sent more than once, or with brackets as some clients write lists, it is refused: to drop
all values but one, or all of them, would answer another question than the one that was asked. A name that the
operation does not declare is not read, and the developer is told (inferred).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from mockserver.words.resembling import resembling

__all__ = ["Misused", "Query", "meant_by", "read_query"]

Pairs = Sequence[tuple[str, str]]

_SHOWN_LETTERS = 60


@dataclass(frozen=True, slots=True)
class Misused:
    """A declared parameter that was not given once, under its own name.

    Attributes:
        sent: Names and values as they came, decoded.
    """

    name: str
    sent: Pairs

    @property
    def values(self) -> str:
        """All of its values, with commas between."""
        return ",".join(value for _, value in self.sent)

    @property
    def expected(self) -> str:
        """What is right."""
        return f"one {self.name}, without brackets"

    @property
    def message(self) -> str:
        """What is wrong, and what to send."""
        if len(self.sent) > 1:
            names = " and ".join(dict.fromkeys(name[:_SHOWN_LETTERS] for name, _ in self.sent))
            named = "" if names == self.name else f", as {names}"
            return f"{self.name} is given {len(self.sent)} times{named}, and takes one value: send {self.name} once."
        (name, value), *_ = self.sent
        right = f"{self.name}={value[:_SHOWN_LETTERS]}"
        return f"{self.name} is given as {name[:_SHOWN_LETTERS]}, and takes one value: send {right}, without brackets."


@dataclass(frozen=True, slots=True)
class Query:
    """What a query says.

    Attributes:
        arguments: Declared parameters that were given once, by name, decoded.
        misused: The first declared one that was not; None where all were.
        unread: Names that the operation does not declare, each once, in order.
    """

    arguments: Mapping[str, str] = field(default_factory=dict)
    misused: Misused | None = None
    unread: tuple[str, ...] = ()


def read_query(query: bytes, declared: Collection[str]) -> Query:
    """Read a query.

    Args:
        query: As it was sent, without the question mark; what is no UTF-8 in it becomes replacement characters.
        declared: The operation's parameters.
    """
    if not query:
        return _EMPTY
    sent: dict[str, list[tuple[str, str]]] = {}
    for pair in parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True):
        sent.setdefault(_declared(pair[0], declared) or pair[0], []).append(pair)
    right = {name: pairs[0][1] for name, pairs in sent.items() if name in declared and _is_once(name, pairs)}
    wrong = (Misused(name, pairs) for name, pairs in sent.items() if name in declared and name not in right)
    return Query(right, next(wrong, None), tuple(name for name in sent if name not in declared))


def meant_by(name: str, declared: Collection[str]) -> str | None:
    """The parameter that a name most likely means; None where none is like it."""
    outside, bracket, inside = name.partition("[")
    known = _declared(name, declared) or resembling(outside or name, declared)
    # `filter[category]` and `page[limit]`, as some APIs have them.
    return known or (resembling(inside, declared) if bracket else None)


_EMPTY = Query()


def _declared(name: str, declared: Collection[str]) -> str | None:
    """The parameter that this is the name of, brackets or none."""
    if name in declared:
        return name
    bare, bracket, _ = name.partition("[")
    return bare if bracket and bare in declared else None


def _is_once(name: str, pairs: Pairs) -> bool:
    return len(pairs) == 1 and pairs[0][0] == name
