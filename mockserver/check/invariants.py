"""The table of invariants: number, what is promised in one sentence, and what looks whether it is kept."""

from collections.abc import Callable
from dataclasses import dataclass

from mockserver.check.agreement import RatingsAgree
from mockserver.check.chat import messages_have_their_events
from mockserver.check.components import components_match_their_events
from mockserver.check.formats import FormatsHoldTheSame
from mockserver.check.observed_room import ObservedRoom
from mockserver.check.outcomes import CodesTellTheStory
from mockserver.check.presence import participants_were_there
from mockserver.check.ratings import samples_are_regular, sparse_ratings_pause_the_video
from mockserver.check.recordings import recordings_agree_with_their_files
from mockserver.check.rule import Counterexamples, RoomRule, Rule
from mockserver.check.states import StatesInOrder
from mockserver.check.sync import viewers_follow_the_host
from mockserver.check.time import WITHOUT_ONSET, onset_counts_from_the_start
from mockserver.check.totals import TotalsAgree

__all__ = ["INVARIANTS", "Invariant"]


@dataclass(frozen=True, slots=True)
class Invariant:
    """One promise. `make` gives a rule for one run."""

    number: int
    title: str
    make: Callable[[], Rule]


def _room(
    look: Callable[[ObservedRoom], Counterexamples],
    *data_types: str,
    besides: tuple[str, ...] = (),
    of_story: bool = True,
) -> Callable[[], Rule]:
    return lambda: RoomRule(look, *data_types, besides=besides, of_story=of_story)


INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        1,
        "Every onset is its timestamp minus the start of its room, exactly",
        _room(onset_counts_from_the_start, besides=WITHOUT_ONSET, of_story=False),
    ),
    Invariant(
        2,
        "Every record's participant belongs to its room and was present",
        _room(participants_were_there),
    ),
    Invariant(
        3,
        "Components and their start and completion events tell the same",
        _room(components_match_their_events, "components"),
    ),
    Invariant(
        4,
        "A sparse rating has its component, its completion, its pause if any",
        _room(sparse_ratings_pause_the_video, "ratings/sparse"),
    ),
    Invariant(
        5,
        "Continuous samples lie in their component's window, 100 to 500 ms apart",
        _room(samples_are_regular, "ratings/continuous"),
    ),
    Invariant(
        6,
        "A chat message has its event and goes to the others then present",
        _room(messages_have_their_events, "chat"),
    ),
    Invariant(
        7,
        "A recording lies in its video chat; its times and its file agree",
        _room(recordings_agree_with_their_files, "recordings"),
    ),
    Invariant(
        8,
        "Viewers' drift follows from rate, skew, stalls and seeks",
        _room(viewers_follow_the_host, "sync"),
    ),
    Invariant(
        9,
        "States are entered and left in pairs, in the experiment's order",
        StatesInOrder,
    ),
    Invariant(
        10,
        "A completion code agrees with its participant's story",
        CodesTellTheStory,
    ),
    Invariant(
        11,
        "Totals agree: experiment, rooms, participants, counts",
        TotalsAgree,
    ),
    Invariant(
        12,
        "Pages, one large page, CSV and NDJSON hold the same records",
        FormatsHoldTheSame,
    ),
    Invariant(
        13,
        "Ratings of the same video correlate as the scenario says",
        RatingsAgree,
    ),
)
