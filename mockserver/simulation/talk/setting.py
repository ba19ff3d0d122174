"""What those who talk know: what they have seen, what comes next, what their task is."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mockserver.simulation.scenario.specs import UNANSWERED, StateSpec
from mockserver.simulation.talk.filling import any_of
from mockserver.simulation.talk.texts import PromptWords

__all__ = ["Next", "Phase", "Setting", "setting_of"]

# A video of this kind is part of the instructions, and not what the study is about.
_INTRODUCTION = re.compile(r"intro|instruct|tutorial|practice|welcome", re.IGNORECASE)
_QUOTABLE = re.compile(r"[^\W\d_][\w ,.;:'?!-]{7,79}")


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

    @property
    def circumstances(self) -> set[str]:
        """Which of `kinds.CIRCUMSTANCES` are so."""
        holding = {
            "film": self.film is not None,
            "slider": self.film is not None and self.film.continuous is not None,
            "pauses": self.film is not None and self.film.sparse is not None,
            "call": self.call_next,
            "introduction": self.introduced and self.phase is not Phase.AFTER,
            "decision": self.theme == "decide",
            "task": self.task is not None,
            "no task": self.task is None,
        }
        return {name for name, holds in holding.items() if holds}


def setting_of(states: Sequence[tuple[str, StateSpec]], state_id: str, words: PromptWords) -> Setting:
    """What is known in the chat of that name, from the experiment's states in order.

    Args:
        words: By which people understand prompts.
    """
    place = next(number for number, (name, _) in enumerate(states) if name == state_id)
    chat = states[place][1]
    before, after = states[:place], states[place + 1 :]
    films = _films(states)
    seen = [state for name, state in before if name in films]
    coming = [state for name, state in after if name in films]
    prompts = [state.prompt or "" for _, state in (*before, states[place])]
    announced = any(_announces(prompt, words) for prompt in prompts)
    phase = Phase.AFTER if seen else Phase.BEFORE if coming or announced else Phase.WITHOUT
    return Setting(
        phase=phase,
        next=_next(phase, after),
        introduced=any(state.component == "ShowVideo" and name not in films for name, state in before),
        met=any(state.component in ("TextChat", "VideoChat") for _, state in before),
        fresh=all(state.component == "ShowText" for _, state in before),
        film=seen[-1] if seen else coming[0] if coming else None,
        film_word=_film_word(prompts, words),
        task=_read_out(chat.prompt or "", words),
        theme=_theme(chat.prompt or "", words),
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


def _search(words: Iterable[str], prompt: str) -> re.Match[str] | None:
    """The first place at which the prompt has one of the words."""
    return re.search(rf"\b{any_of(words)}\b", prompt, re.IGNORECASE)


def _announces(prompt: str, words: PromptWords) -> bool:
    """Does it speak of a film that is still to come?"""
    before = _search(words.announces, prompt)
    return before is not None and _search(words.film, prompt[before.end() :]) is not None


def _film_word(prompts: Sequence[str], words: PromptWords) -> str:
    """What the last prompt calls it that calls it anything, as the texts write it."""
    spelled = {word.casefold(): word for word in words.film}
    for prompt in reversed(prompts):
        called = _search(words.film, prompt)
        if called is not None:
            return spelled[called[0].casefold()]
    return words.film[0]


def _theme(prompt: str, words: PromptWords) -> str | None:
    """What a prompt asks for, the clearest request first."""
    for theme, asking in (("decide", words.decide), ("film", words.discuss), ("people", words.meet)):
        if _search(asking, prompt):
            return theme
    return None


def _read_out(prompt: str, words: PromptWords) -> str | None:
    """The prompt as somebody copies it into a message; None if nobody would."""
    understood = not words.read_out_with or _search(words.read_out_with, prompt)
    return prompt[0].lower() + prompt[1:].rstrip(".! ") if understood and _QUOTABLE.fullmatch(prompt) else None
