"""Seeded chance: every draw is a pure function of (seed, name, index).

There is no sequence, so no draw can shift another, and a vector of draws equals its scalars one by one.
Only integer hashing, + - x / and square roots are used, which every machine rounds alike; logarithms, sines and
powers of the platform's library may differ in the last bit, so there are none.
"""

import math
from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["Chance", "Floats", "Ints", "Keys", "hash_at", "natural_log", "normal_at", "uniform_at"]

Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]
T = TypeVar("T")

# Steele's SplitMix64: a bijection of 64-bit words whose outputs look independent.
_STEP = 0x9E3779B97F4A7C15
_MIX_1 = 0xBF58476D1CE4E5B9
_MIX_2 = 0x94D049BB133111EB
_EVERY_OTHER = np.uint64(0x0000FFFF0000FFFF)
_LN_2 = 0.6931471805599453


def hash_at(keys: Keys | int, index: Ints) -> Keys:
    """Hash each index under its key (broadcast): uniform 64-bit words."""
    key = np.asarray(keys, dtype=np.uint64)
    word = key + (np.asarray(index, dtype=np.int64).astype(np.uint64) + np.uint64(1)) * np.uint64(_STEP)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(_MIX_1)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(_MIX_2)
    mixed: Keys = word ^ (word >> np.uint64(31))
    return mixed


def uniform_at(keys: Keys | int, index: Ints) -> Floats:
    """Uniform draws in [0, 1), exact multiples of 2**-53."""
    return (hash_at(keys, index) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def normal_at(keys: Keys | int, index: Ints) -> Floats:
    """Roughly normal draws, mean 0, variance 1, within +-3.46: four uniforms of 16 bits, summed."""
    word = hash_at(keys, index)
    # The first and the third of four, and the second and the fourth, side by side in 32 bits each.
    pairs = (word & _EVERY_OTHER) + ((word >> np.uint64(16)) & _EVERY_OTHER)
    total = (pairs & np.uint64(0xFFFFFFFF)) + (pairs >> np.uint64(32))
    # The sum of four uniforms on [0, 1) has mean 2 and variance 1/3.
    return ((total + np.uint64(2)).astype(np.float64) / 65536.0 - 2.0) * 1.7320508075688772


def natural_log(x: float) -> float:
    """Natural logarithm of x in (0, 1] by its own series, equal on every machine; error below 1e-11."""
    mantissa, exponent = math.frexp(x)
    s = (mantissa - 1.0) / (mantissa + 1.0)
    square, term, total = s * s, s, 0.0
    for odd in range(1, 26, 2):
        total += term / odd
        term *= square
    return 2.0 * total + exponent * _LN_2


class Chance:
    """A named source of draws: the same seed and names give the same draw, wherever and whenever it is made.

    Args:
        seed: The world's seed.
        names: What the draws are for, e.g. `("room", "room_abc123", "chat")`; every draw adds its own.
    """

    __slots__ = ("_salt",)

    def __init__(self, seed: int, *names: str | int) -> None:
        self._salt = blake2b(_text((seed, *names)), digest_size=16).digest()

    def _word(self, names: tuple[str | int, ...]) -> int:
        return int.from_bytes(blake2b(_text(names), digest_size=8, key=self._salt).digest(), "little")

    def stream(self, *names: str | int) -> int:
        """The key of a stream for `hash_at` and its like: 64 bits, for draws by the million."""
        return self._word(names)

    def uniform(self, *names: str | int) -> float:
        """A uniform draw in [0, 1), an exact multiple of 2**-53."""
        return (self._word(names) >> 11) * 2.0**-53

    def between(self, low: float, high: float, *names: str | int) -> float:
        """A uniform draw in [low, high)."""
        return low + (self._word(names) >> 11) * 2.0**-53 * (high - low)

    def integer(self, low: int, high: int, *names: str | int) -> int:
        """A whole number from low to high, both included."""
        return low + (self._word(names) * (high - low + 1) >> 64)

    def normal(self, *names: str | int) -> float:
        """A roughly normal draw, mean 0, variance 1, within +-6: twelve uniforms of 16 bits, summed."""
        lanes = blake2b(_text(names), digest_size=24, key=self._salt).digest()
        total = sum(lanes[::2]) + 256 * sum(lanes[1::2])
        return (total + 6) / 65536.0 - 6.0

    def exponential(self, *names: str | int) -> float:
        """An exponential draw with mean 1, above 0."""
        return -natural_log(((self._word(names) >> 11) + 1) * 2.0**-53)

    def pick(self, options: Sequence[T], *names: str | int) -> T:
        """One of the options, each as likely."""
        return options[self.integer(0, len(options) - 1, *names)]

    def code(self, length: int, *names: str | int) -> str:
        """An id's random part: `length` of the characters 0-9a-z, at most 12."""
        word, letters = self._word(names), []
        for _ in range(length):
            word, digit = divmod(word, 36)
            letters.append("0123456789abcdefghijklmnopqrstuvwxyz"[digit])
        return "".join(letters)


def _text(names: tuple[str | int, ...]) -> bytes:
    # Twice as fast as to make a text of each and join them.
    return (("%s\x1f" * len(names))[:-1] % names).encode()
