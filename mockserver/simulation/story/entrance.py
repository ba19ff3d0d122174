"""What comes before an experiment and after it: consent, instructions, waiting; the questionnaire."""

from mockserver.simulation.scenario.specs import MOST_INSTRUCTION_PAGES
from mockserver.simulation.story.plan import Response, Step
from mockserver.simulation.story.rooms import RoomRef
from mockserver.simulation.story.seats import ANSWER_LIMIT_MS, Seat, rt_ms_of

__all__ = ["LONGEST_ENTRANCE_MS", "entrance", "questionnaire"]

_ENTERS_MS = 500
_CONSENTS_MS = (3_000, 14_000)
_READS_PAGE_MS = (4_000, 20_000)
_WAITS_MS = (4_000, 60_000)
_AGENT_WAITS_MS = (200, 900)
_GIVES_UP_AFTER_MS = 300_000
# The most that can pass, in any scenario, from when somebody joins a room until it starts.
_PAGES_MS = MOST_INSTRUCTION_PAGES * (_READS_PAGE_MS[1] + 1)
LONGEST_ENTRANCE_MS = _ENTERS_MS + _CONSENTS_MS[1] + _PAGES_MS + ANSWER_LIMIT_MS + 2 + _WAITS_MS[1] + _GIVES_UP_AFTER_MS
# What the comprehension check asks; no record holds it, but it takes time to read.
_CHECK = "Which of these statements about the task that you have just read is true? Choose one of the four."


def entrance(room: RoomRef, seat: Seat) -> tuple[tuple[Step, ...], int, int | None]:
    """Consent, instructions, check and waiting, told backwards from the room's start.

    Returns:
        The steps in order, when the person joined, and when they left if it was before the start.
    """
    plan = _entrance_steps(room, seat)
    total_ms = sum(step[1] + 1 for step in plan)
    # An agent is there at once: nobody has to find it a seat, or wait for it to read.
    agent = room.is_agent(seat.index)
    waited_ms = seat.chance.integer(*(_AGENT_WAITS_MS if agent else _WAITS_MS), "waits")
    if seat.fate == "TIMEOUT":
        waited_ms += _GIVES_UP_AFTER_MS
    joined_ms = room.started_ms - waited_ms - total_ms - _ENTERS_MS
    steps, at_ms = [], joined_ms + _ENTERS_MS
    for event_type, duration_ms, content, response, component, component_id in plan:
        at_ms += duration_ms + 1
        steps.append(Step(event_type, at_ms, duration_ms, content, response, component, component_id))
    if seat.fate == "TIMEOUT":
        return tuple(steps), joined_ms, at_ms + _GIVES_UP_AFTER_MS
    if seat.fate in ("NOCONSENT", "CHECK_FAILED"):
        return tuple(steps), joined_ms, at_ms + seat.chance.integer(500, 3000, "goes")
    return tuple(steps), joined_ms, None


def questionnaire(room: RoomRef, seat: Seat, ended_ms: int) -> tuple[Step, ...]:
    """The questions after the end; who completes without a code skips them, who idles answers none."""
    if seat.fate == "COMPLETED_NO_CODE" or seat.idle or room.is_agent(seat.index):
        return ()
    steps, at_ms = [], ended_ms
    for number, question in enumerate(room.experiment.questions, 1):
        rt_ms = rt_ms_of(seat, "question", number, read=question)
        at_ms += rt_ms + 400
        answer = str(seat.chance.integer(1, 7, "question", number))
        steps.append(
            Step("questionnaire.response", at_ms, rt_ms, question, Response(answer, rt_ms), "Questionnaire",
                 f"question_{number}")
        )  # fmt: skip
    return tuple(steps)


_Shown = tuple[str, int, str, Response | None, str, str]


def _entrance_steps(room: RoomRef, seat: Seat) -> list[_Shown]:
    """What is shown before the start, each with how long it took."""
    steps: list[_Shown] = []
    chance = seat.chance
    if room.is_agent(seat.index):
        return steps
    if room.experiment.consent:
        consents = seat.fate != "NOCONSENT"
        rt_ms = chance.integer(*_CONSENTS_MS, "consent")
        word = "accepted" if consents else "declined"
        content = "agreed" if consents else "declined"
        steps.append((f"consent.{word}", rt_ms, content, Response(word, rt_ms), "ConsentForm", "consent_form"))
        if not consents:
            return steps
    for page in range(1, room.experiment.instruction_pages + 1):
        rt_ms = chance.integer(*_READS_PAGE_MS, "page", page)
        shown = Response("next", rt_ms)
        steps.append(("instructions.page_view", rt_ms, f"page_{page}", shown, "Instructions", f"page_{page}"))
    if room.experiment.instruction_pages:
        rt_ms = rt_ms_of(seat, "check", read=_CHECK)
        word = "incorrect" if seat.fate == "CHECK_FAILED" else "correct"
        check = Response(word, rt_ms)
        steps.append(("instructions.comprehension_check", rt_ms, word, check, "ComprehensionCheck", "check"))
    return steps
