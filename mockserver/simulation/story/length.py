"""How long a room's story can last: an upper bound, told from the scenario alone and without telling the story."""

from collections.abc import Iterable

from mockserver.simulation.scenario.specs import UNANSWERED, ExperimentSpec, StateSpec
from mockserver.simulation.story.seats import ANSWER_LIMIT_MS

__all__ = ["SETTLE_MS", "longest_ms"]

# From a state's beginning until everybody's page is there; a video waits for it.
SETTLE_MS = 600


def longest_ms(experiment: ExperimentSpec, states: Iterable[StateSpec]) -> int:
    """The most ms that can pass from a room's start until the last participant has left it."""
    answers_ms = ANSWER_LIMIT_MS + 1500
    total_ms = 5000 + len(experiment.questions) * answers_ms
    for state in states:
        pauses = len(state.sparse.at_s) if state.sparse else 0
        total_ms += pauses * answers_ms + SETTLE_MS + 1000
        lasts_ms = int(state.duration_s * 1000)
        total_ms += lasts_ms if state.component in UNANSWERED else max(answers_ms, lasts_ms if state.timed else 0)
    return total_ms
