"""A video as a room watches it: playing, and standing still for sparse ratings."""

from mockserver.simulation.scenario.specs import SparseSpec, StateSpec
from mockserver.simulation.story.plan import Pause, Screening, Span, SparseAnswer
from mockserver.simulation.story.seats import Seat, rt_ms_of

__all__ = ["screen"]


def screen(here: list[Seat], number: int, state_id: str, state: StateSpec, play_ms: int) -> Screening:
    """Play the state's video, with a pause for each of its sparse ratings."""
    playing: list[Span] = []
    pauses: list[Pause] = []
    media_ms = 0
    for index, at_s in enumerate(state.sparse.at_s if state.sparse else ()):
        at_media_ms = int(at_s * 1000)
        paused_ms = play_ms + at_media_ms - media_ms
        playing.append((play_ms, paused_ms))
        pause = _pause(here, (number, index), state, at_media_ms, paused_ms)
        pauses.append(pause)
        play_ms, media_ms = pause.resumed_ms, at_media_ms
    ended_ms = play_ms + int(state.duration_s * 1000) - media_ms
    playing.append((play_ms, ended_ms))
    return Screening(state_id, state, tuple(playing), tuple(pauses), ended_ms)


def _pause(
    here: list[Seat],
    place: tuple[int, int],
    state: StateSpec,
    media_ms: int,
    paused_ms: int,
) -> Pause:
    """Everybody connected rates; the video goes on when the last has."""
    sparse = state.sparse
    if sparse is None:
        raise ValueError("only a state with a sparse rating pauses its video")
    answers = []
    for seat in here:
        opened_ms = paused_ms + seat.chance.integer(120, 380, "opens", *place)
        rt_ms = rt_ms_of(seat, "pause", *place)
        leaving = seat.leaves_in_state == place[0]
        if seat.idle or leaving or not seat.connected_throughout(paused_ms, opened_ms + rt_ms + 1):
            continue
        answers.append(SparseAnswer(seat.index, opened_ms, rt_ms, _rated(seat, place, sparse)))
    done_ms = max((a.opened_ms + a.response_time_ms for a in answers), default=paused_ms + 3000)
    resumed_ms = done_ms + here[0].chance.integer(150, 450, "resumes", *place)
    return Pause(place[1], media_ms, paused_ms, resumed_ms, tuple(answers))


def _rated(seat: Seat, place: tuple[int, int], sparse: SparseSpec) -> int:
    """A rating around the person's own level, on the scale."""
    width = sparse.scale_max - sparse.scale_min
    level = seat.traits.level + 0.12 * seat.chance.normal("rates", *place)
    return min(sparse.scale_max, max(sparse.scale_min, sparse.scale_min + round(level * width)))
