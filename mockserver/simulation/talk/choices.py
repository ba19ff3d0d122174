"""This or that: which of two things somebody likes better."""

from mockserver.simulation.talk.acquaintance import HOBBY, PLACE
from mockserver.simulation.talk.kinds import Stance, Topic
from mockserver.simulation.talk.tastes import FOOD, MUSIC, TRAVEL

__all__ = ["CHOICES", "spare_choice"]

_PAIRS = (
    "tea/coffee", "mountains/the sea", "early mornings/late nights", "cats/dogs", "summer/winter", "books/podcasts",
    "sweet/salty", "trains/planes", "the city/the countryside", "pizza/pasta", "phone calls/texts", "cooking/takeaway",
    "tents/hotels", "window seats/aisle seats", "paper/screens", "rain/heat", "pancakes/waffles", "buses/bikes",
    "the beach/the forest", "breakfast/dinner", "maths/languages", "singing/dancing", "cake/crisps", "museums/parks",
    "chess/cards", "planning/improvising", "the guitar/the piano", "umbrellas/hoods", "apples/oranges",
    "sunrise/sunset", "kitchen parties/concerts", "crosswords/sudoku", "lakes/rivers", "letters/emails",
    "baths/showers", "stairs/lifts", "mint/vanilla", "jazz/techno", "bread/rice",
)  # fmt: skip


def _choice(one: str, other: str) -> Topic:
    """Which of two things somebody likes better."""

    def side(liked: str, left: str) -> Stance:
        return Stance(
            answers=(
                f"{liked}, always", f"{liked}, no question", f"{liked}, but only just", f"{liked} for me",
                f"easy, {liked}", f"{liked}, though {left} on a good day", f"hard one, I'd say {liked}",
                f"{liked}, I've never got on with {left}", f"definitely {liked}",
                f"today {liked}, ask me again tomorrow",
            ),
            agrees=(
                f"same, {liked}", f"{{yes}}, {liked} for me as well", f"{liked} here too",
                f"good, I was worried I'm the only one for {liked}", f"finally somebody who says {liked}",
                f"I'm with you on {liked}",
            ),
            contrasts=(
                f"{{hm}} {left} for me", f"no way, {left}", f"I'd go for {left} any day", f"sorry, it has to be {left}",
                f"{left} and I won't discuss it {{haha}}", f"{left}, not really one for {liked}",
            ),
        )  # fmt: skip

    return Topic(
        name=f"{one} or {other}",
        theme="people",
        questions=(
            f"{one} or {other}?", f"quick one: {one} or {other}?", f"what's it for {{you}}, {one} or {other}?",
            f"important: {one} or {other}?", f"{one} or {other}, be honest",
            f"let me ask something easy, {one} or {other}?",
        ),
        stances=(side(one, other), side(other, one)),
        weight=0.05,
    )  # fmt: skip


CHOICES = tuple(_choice(*pair.split("/")) for pair in _PAIRS)

# Things of one kind, any two of which can be compared when everything else has been talked about.
_OF_A_KIND = tuple(
    tuple(fact[name] for fact in stance.facts)
    for topic, name in ((FOOD, "fact"), (TRAVEL, "fact"), (HOBBY, "short"), (PLACE, "short"), (MUSIC, "fact"))
    for stance in topic.stances
)


def spare_choice(number: int) -> Topic | None:
    """The n-th of thousands of further choices, which come up when a chat is longer than anybody has topics for."""
    nth, kind = divmod(number, len(_OF_A_KIND))
    things = _OF_A_KIND[kind]
    apart, first = divmod(nth, len(things))
    # Further apart than half the circle, pairs would come again the other way round.
    if apart + 1 > (len(things) - 1) // 2:
        return None
    return _choice(things[first], things[(first + apart + 1) % len(things)])
