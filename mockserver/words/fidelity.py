"""How well founded something is that the emulator answers: one of three labels."""

from typing import Literal

__all__ = ["Fidelity", "shows", "weaker"]

Fidelity = Literal["documented", "observed", "inferred"]
# From the best founded to the least.
_FIDELITIES: tuple[Fidelity, ...] = ("documented", "observed", "inferred")


def weaker(one: Fidelity, other: Fidelity) -> Fidelity:
    """The label that promises less: nothing is better founded than what it is part of."""
    return max(one, other, key=_FIDELITIES.index)


def shows(label: Fidelity, least: Fidelity) -> bool:
    """Is something shown, where `least` is the weakest label that is?"""
    return weaker(label, least) == least
