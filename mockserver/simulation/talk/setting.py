"""What those who talk know: what they have seen, what comes next, what their task is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mockserver.simulation.scenario.specs import UNANSWERED, StateSpec

__all__ = ["Next", "Phase", "Setting", "setting_of"]

# How a prompt asks for a theme of topics, the clearest request first.
_THEMES = (
    ("decide", re.compile(r"\b(decide|choose|agree|vote|rank|negotiate|solve|plan)\b", re.IGNORECASE)),
    ("film", re.compile(r"\b(expect|predict|guess|discuss|opinion|thought|think|saw|seen|watched)\b", re.IGNORECASE)),
    ("people", re.compile(r"\b(know each other|meet|introduce|yourself|yourselves|get to know)\b", re.IGNORECASE)),
)
_FILM = re.compile(r"\b(film|movie|clip|video)\b", re.IGNORECASE)
_ANNOUNCED = re.compile(
    r"\b(before|about to (watch|see)|going to (watch|see)|will (watch|see))\b.*\b(film|movie|clip|video)\b",
    re.IGNORECASE | re.DOTALL,
)
# A video of this kind is part of the instructions, and not what the study is about.
_INTRODUCTION = re.compile(r"intro|instruct|tutorial|practice|welcome", re.IGNORECASE)
_QUOTABLE = re.compile(r"[A-Za-z][A-Za-z0-9 ,.;:'?!-]{7,79}")


class Phase(StrEnum):
    """Where a chat is, seen from the film."""

    BEFORE = "before"
    AFTER = "after"
    WITHOUT = "without"


class Next(StrEnum):
    """What comes when the chat is over."""

    FILM = "film"
    CALL = "call"
    QUESTIONS = "questions"
    PART = "part"
    END = "end"


@dataclass(frozen=True, slots=True)
class Setting:
    """One chat's.

    Attributes:
        phase: After the film as soon as one has been seen, even if another comes.
        introduced: A video with instructions has been seen.
        met: They have talked in this room before. fresh: They have done nothing but read.
        film: The state of the film that is talked about; None where it is only announced, or there is none.
        film_word: What the study calls it.
        task: The prompt, if it can be quoted in a message. theme: which topics it asks for.
        call_next: A video chat follows, now or later.
    """

    phase: Phase
    next: Next
    introduced: bool
    met: bool
    fresh: bool
    film: StateSpec | None
    film_word: str
    task: str | None
    theme: str | None
    call_next: bool
    duration_s: float


def setting_of(states: Sequence[tuple[str, StateSpec]], state_id: str) -> Setting:
    """What is known in the chat of that name, from the experiment's states in order."""
    place = next(number for number, (name, _) in enumerate(states) if name == state_id)
    chat = states[place][1]
    before, after = states[:place], states[place + 1 :]
    films = _films(states)
    seen = [state for name, state in before if name in films]
    coming = [state for name, state in after if name in films]
    prompts = [state.prompt or "" for _, state in (*before, states[place])]
    announced = any(_ANNOUNCED.search(prompt) for prompt in prompts)
    phase = Phase.AFTER if seen else Phase.BEFORE if coming or announced else Phase.WITHOUT
    return Setting(
        phase=phase,
        next=_next(phase, after),
        introduced=any(state.component == "ShowVideo" and name not in films for name, state in before),
        met=any(state.component in ("TextChat", "VideoChat") for _, state in before),
        fresh=all(state.component == "ShowText" for _, state in before),
        film=seen[-1] if seen else coming[0] if coming else None,
        film_word=_film_word(prompts),
        task=_quoted(chat.prompt or ""),
        theme=_theme(chat.prompt or ""),
        call_next=any(state.component == "VideoChat" for _, state in after),
        duration_s=chat.duration_s,
    )


def _films(states: Sequence[tuple[str, StateSpec]]) -> set[str]:
    """The states that show what the study is about; an introduction does only where there is nothing else."""
    videos = {
        state_id: f"{state_id} {state.component_id} {state.name} {state.video_url.rsplit('/', 1)[-1]}"
        for state_id, state in states
        if state.component == "ShowVideo"
    }
    return {state_id for state_id, names in videos.items() if not _INTRODUCTION.search(names)} or set(videos)


def _next(phase: Phase, after: Sequence[tuple[str, StateSpec]]) -> Next:
    if not after:
        return Next.END
    component = after[0][1].component
    if component == "VideoChat":
        return Next.CALL
    if component == "ShowVideo" and phase is not Phase.AFTER:
        return Next.FILM
    return Next.PART if component in (*UNANSWERED, "ShowText", "ShowImage") else Next.QUESTIONS


def _film_word(prompts: Sequence[str]) -> str:
    found = (_FILM.search(prompt) for prompt in reversed(prompts))
    return next((word[0].lower() for word in found if word), "film")


def _theme(prompt: str) -> str | None:
    return next((theme for theme, pattern in _THEMES if pattern.search(prompt)), None)


def _quoted(prompt: str) -> str | None:
    """The prompt as somebody copies it into a message; None if nobody would."""
    return prompt[0].lower() + prompt[1:].rstrip(".! ") if _QUOTABLE.fullmatch(prompt) else None
