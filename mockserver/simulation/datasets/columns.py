"""Columns: what a range of records holds, an attribute at a time.

Regular samples are made as arrays, and stay arrays until somebody writes them: nothing is made for every field of
every record. What happens when it happens is told record by record, so its columns are lists.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mockserver.simulation.chance import Ints

__all__ = ["Array", "Coded", "Columns", "Decimals", "Numbered", "RowWriter", "Told"]


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of few values that many records share.

    Attributes:
        values: The different ones. codes: which of them each record has.
        lasting: The values are the same on every page.
    """

    values: Sequence[Any]
    codes: Ints
    lasting: bool = True

    def tolist(self) -> list[Any]:
        """The value of each record."""
        return [self.values[code] for code in self.codes.tolist()]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A column of texts that end in a number of their own, filled up with zeros.

    Attributes:
        begins: What each begins with. number: 0 or more. digits: as many at the least.
    """

    begins: Coded
    number: Ints
    digits: int

    def tolist(self) -> list[str]:
        """The text of each record."""
        texts = zip(self.begins.tolist(), self.number.tolist(), strict=True)
        return [f"{begin}{number:0{self.digits}d}" for begin, number in texts]


@dataclass(frozen=True, slots=True)
class Decimals:
    """A column of numbers with few decimals.

    Attributes:
        scaled: The numbers times 10 to the power of `places`, whole. places: from 1 to 4.
        known: False where there is no number; None where there is always one.
    """

    scaled: Ints
    places: int
    known: NDArray[np.bool_] | None = None

    @classmethod
    def rounded(cls, values: NDArray[np.float64], places: int, known: NDArray[np.bool_] | None = None) -> "Decimals":
        """Numbers as `np.round` would round them."""
        return cls(np.rint(values * 10.0**places).astype(np.int64), places, known)

    def tolist(self) -> list[float | None]:
        """The number of each record, None where there is none."""
        values: list[float | None] = (self.scaled / 10.0**self.places).tolist()
        if self.known is None:
            return values
        return [value if known else None for value, known in zip(values, self.known.tolist(), strict=True)]


Array = Ints | Coded | Numbered | Decimals


@dataclass(frozen=True)
class Columns:
    """The columns of some regular samples, in the order of the record's attributes.

    Attributes:
        record: The class of the records, a NamedTuple.
        arrays: A column for each of its attributes, all of one length. size: that length.
        kept: What was made of lasting values, for whoever writes another page of the same samples.
    """

    record: type[tuple[Any, ...]]
    arrays: Sequence[Array]
    size: int
    kept: dict[Hashable, Any]

    def array(self, attribute: str) -> Array:
        """The column of an attribute."""
        names: Sequence[str] = self.record._fields  # type: ignore[attr-defined]
        return self.arrays[names.index(attribute)]

    def records(self) -> list[Any]:
        """The same as records."""
        make: Any = self.record
        return list(map(make._make, zip(*(array.tolist() for array in self.arrays), strict=True)))


@dataclass(frozen=True, slots=True)
class Told:
    """Records that were told one by one."""

    told: Sequence[Any]

    def records(self) -> list[Any]:
        """The same as a list."""
        return list(self.told)


class RowWriter(Protocol):
    """What writes records as bytes; the datasets do not know in which form.

    Attributes:
        key: Equal for writers that write the same records alike, so that what is written may be kept; None where it
            is not worth it.
    """

    @property
    def key(self) -> Hashable | None: ...

    def block(self, records: Columns | Told) -> bytes:
        """All rows, one after the other."""
        ...

    def rows(self, records: Told) -> list[bytes]:
        """Each row by itself; together they are the block."""
        ...
