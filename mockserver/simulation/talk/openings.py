"""How a conversation begins and ends: greetings, closings and farewells, put together from their parts."""

from collections.abc import Mapping
from functools import cache, cached_property

from mockserver.simulation.talk.filling import filled
from mockserver.simulation.talk.setting import Next
from mockserver.simulation.talk.texts import Closings, Ending, Greetings, Whom

__all__ = ["Openings"]

ByNumber = Mapping[int, tuple[str, ...]]


class Openings:
    """What can be said first and last. Greetings are by the number of others, 1 to 3."""

    def __init__(self, greetings: Greetings, closings: Closings) -> None:
        self._greetings = greetings
        self._closings = closings
        # Signs that the chat is over, and replies to them, by what comes next.
        self.closings = cache(self._closing)
        self.farewells = cache(self._farewell)

    @cached_property
    def entering(self) -> ByNumber:
        """Straight from the entrance."""
        return self._joined(self._greetings.whom, self._starts + self._greetings.entering)

    @cached_property
    def after(self) -> ByNumber:
        """Later in the study."""
        return self._joined(self._greetings.whom, self._starts + self._greetings.after)

    @cached_property
    def late(self) -> ByNumber:
        """To those who are talking already."""
        return self._joined(self._greetings.whom, self._greetings.late)

    @cached_property
    def again(self) -> ByNumber:
        """To those whom one has talked to before."""
        return {
            number: tuple(
                filled(self._greetings.again_joined, {"whom": name, "rest": rest})
                for name in names
                for rest in self._greetings.again
            )
            for number, names in self._greetings.whom_again.by_number().items()
        }

    @cached_property
    def back(self) -> Mapping[str, ByNumber]:
        """To a greeting, by what that has asked (`asked_in`)."""
        told, whom = self._greetings, self._greetings.whom_back
        unasked = self._joined(whom, told.back)
        return {
            "": {number: texts + told.to_the_named for number, texts in unasked.items()},
            "how": self._joined(whom, told.fine),
            "reach": self._joined(whom, told.read_you),
        }

    def asked_in(self, greeting: str) -> str | None:
        """Which of the questions a greeting ends with: a key of `back`."""
        if greeting.endswith(self._greetings.how_are_you):
            return "how"
        return "reach" if greeting.endswith(self._greetings.do_you_read_me) else None

    @property
    def _starts(self) -> tuple[str, ...]:
        return self._greetings.first + self._greetings.how_are_you + self._greetings.do_you_read_me

    def _joined(self, whom: Whom, rests: tuple[str, ...]) -> ByNumber:
        """Every name alone, and with everything that can come after it."""
        joined = self._greetings.joined
        return {
            number: (
                *(filled(self._greetings.alone, {"whom": name}) for name in names),
                *(filled(joined, {"whom": name, "rest": rest}) for name in names for rest in rests),
            )
            for number, names in whom.by_number().items()
        }

    def _ending(self, after: Next) -> Ending:
        endings: Mapping[Next, Ending] = {
            Next.FILM: self._closings.film,
            Next.CALL: self._closings.call,
            Next.QUESTIONS: self._closings.questions,
            Next.PART: self._closings.part,
            Next.END: self._closings.end,
        }
        return endings[after]

    def _closing(self, after: Next) -> tuple[str, ...]:
        leads, ending = self._closings.leads, self._ending(after)
        return (
            *(
                filled(self._closings.closing, {"lead": lead, "sign": sign, "wish": wish})
                for lead in leads
                for sign in ending.signs
                for wish in ending.wishes
            ),
            *(
                filled(self._closings.sign_alone, {"lead": lead, "sign": sign})
                for lead in leads[1:]
                for sign in ending.signs
            ),
        )

    def _farewell(self, after: Next) -> tuple[str, ...]:
        ending = self._ending(after)
        return tuple(
            filled(self._closings.farewell, {"nod": nod, "wish": wish})
            for nod in self._closings.nods
            for wish in ending.wishes
            # "thanks, thanks for the chat"
            if not nod or not wish.startswith(nod.strip(", "))
        )
