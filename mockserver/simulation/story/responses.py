"""How people answer: how long it takes them, and what they say."""

from mockserver.simulation.chance import Chance
from mockserver.simulation.scenario.specs import SCALES, StateSpec
from mockserver.simulation.story.traits import Traits

__all__ = ["answer_value", "response_time_ms"]

_FASTEST_MS = 180


def response_time_ms(chance: Chance, traits: Traits, *names: str | int) -> int:
    """An ex-Gaussian response time: a normal part and an exponential one, with the person's parameters.

    Returns:
        Whole ms, at least 180: nobody reads and reacts faster.
    """
    gaussian = traits.rt_mu_ms + traits.rt_sigma_ms * chance.normal("rt", *names)
    late = traits.rt_tau_ms * chance.exponential("rt late", *names)
    return max(_FASTEST_MS, round(gaussian + late))


def answer_value(chance: Chance, number: int, state: StateSpec) -> str:
    """What somebody answers in a self-paced state, as text.

    Args:
        number: The state's place in the experiment, from 0: another state, another answer.
    """
    if state.component in SCALES:
        level = min(1.0, max(0.0, 0.55 + 0.2 * chance.normal("answer", number)))
        return str(state.scale_min + round(level * (state.scale_max - state.scale_min)))
    if state.component == "MultipleChoice" and state.options:
        return chance.pick(state.options, "answer", number)
    if state.component == "Ranking" and state.options:
        rest, order = list(state.options), []
        while rest:
            order.append(rest.pop(chance.integer(0, len(rest) - 1, "answer", number, len(rest))))
        return " > ".join(order)
    if state.component == "TextInput":
        return chance.pick(_REMARKS, "answer", number)
    return "continue"


_REMARKS = (
    "I liked the part where they met again.",
    "It was clear what we had to do.",
    "The sound was a little quiet.",
    "Talking first made the film feel different.",
    "Nothing to add.",
)
