"""The API keys of a sandbox: those that its scenario lists, and those that were minted for it."""

import threading
from collections.abc import Mapping, Sequence

from mockserver.simulation.chance import Chance
from mockserver.simulation.scenario.specs import KeySpec

__all__ = ["Keys"]

_CHARACTERS = 64
# As many as one draw gives without a pattern.
_PART = 8


class Keys:
    """Finds a key by its value; only `mint` adds one.

    Args:
        listed: The scenario's, by name.
        seed: Of the world.
        sandbox: The name, so that no two sandboxes mint the same key.
    """

    def __init__(self, listed: Mapping[str, KeySpec], seed: int, sandbox: str) -> None:
        self._seed = seed
        self._sandbox = sandbox
        # Of two with one value, the one that is listed first counts.
        self._by_value = {key.value: (name, key) for name, key in reversed(list(listed.items()))}
        self._minted: dict[str, KeySpec] = {}
        self._lock = threading.Lock()

    @property
    def minted(self) -> Mapping[str, KeySpec]:
        """What was minted so far, by name."""
        return dict(self._minted)

    @property
    def revision(self) -> int:
        """How many were minted so far."""
        return len(self._minted)

    @property
    def fingerprint(self) -> str:
        """Of those that were minted; empty where none was."""
        return repr(self._minted) if self._minted else ""

    def listing(self, listed: Mapping[str, KeySpec]) -> "Keys":
        """The same with other keys of the scenario; those that were minted stay good."""
        keys = Keys(listed, self._seed, self._sandbox)
        with self._lock:
            for name, key in self._minted.items():
                keys._minted[name] = key
                keys._by_value[key.value] = (name, key)
        return keys

    @property
    def values(self) -> list[str]:
        """The values of all keys, revoked and expired ones too."""
        return list(self._by_value)

    def find(self, value: str) -> tuple[str, KeySpec] | None:
        """The key with that value, and its name."""
        return self._by_value.get(value)

    def mint(self, scopes: Sequence[str], organisation: str, owner: str, expires_ms: int | None) -> KeySpec:
        """Make another key, `hst_test_` and 64 characters; the same orders in the same order give the same keys.

        Args:
            expires_ms: When it stops working, ms since the epoch; None never.
        """
        with self._lock:
            number = len(self._minted) + 1
            key = KeySpec(
                value=f"hst_test_{self._code(number)}",
                organisation=organisation,
                owner=owner,
                scopes=tuple(scopes),
                expires_ms=expires_ms,
            )
            name = f"minted_{number}"
            self._minted[name] = key
            self._by_value[key.value] = (name, key)
        return key

    def _code(self, number: int) -> str:
        chance = Chance(self._seed, "key", self._sandbox, number)
        parts = [chance.code(_PART, "value", part) for part in range(_CHARACTERS // _PART)]
        return "".join(parts)
