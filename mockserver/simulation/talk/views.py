"""Small opinions and proposals about nothing in particular, such as people have who wait together."""

from mockserver.simulation.talk.kinds import Stance, Topic

__all__ = ["VIEWS"]

_AGREES = (
    "{yes}, so true", "couldn't agree more", "finally somebody says it", "same, always have", "exactly my feeling",
    "with you on that", "{haha}, same", "you've put that better than I could", "{yes}, it's the same for me",
    "I'd sign that", "I thought I was the only one", "true, very true",
)  # fmt: skip
_CONTRASTS = (
    "{hm} I see it the other way round", "can't agree there, sorry", "that's where we differ {haha}",
    "I get it, but no", "I'd say the opposite, really", "{hm} not my experience", "interesting, I never felt that way",
    "not for me, funnily enough",
)  # fmt: skip


def _view(
    name: str, claims: tuple[str, ...], reasons: tuple[str, ...], agrees: tuple[str, ...], contrasts: tuple[str, ...]
) -> Topic:
    stance = Stance(opinions=claims, reasons=reasons, agrees=agrees + _AGREES, contrasts=contrasts + _CONTRASTS)
    return Topic(name=name, theme="people", stances=(stance,), weight=0.2)


_OPINIONS = (
    _view(
        "mornings",
        (
            "nobody should have to talk before ten", "mornings are overrated",
            "I don't trust people who like getting up early", "I'm no use before my second coffee",
        ),
        ("I've tried for years", "my brain starts at eleven", "my alarm and I are enemies"),
        ("{yes}, I'm useless before eleven", "true, I need an hour of silence", "same, I've got three alarms"),
        (
            "I love early mornings, nobody's around", "{hm} I'm up at six, best time of the day",
            "for me evenings are lost, mornings are gold",
        ),
    ),
    _view(
        "autumn",
        (
            "autumn's the best season", "nothing beats a cold sunny day", "I could do with autumn all year",
            "October is the only good month",
        ),
        ("jumpers and soup, what else", "the light is so nice", "no hay fever either"),
        ("{yes}, and the smell of leaves", "agreed, soup weather", "true, summer's too hot for me"),
        ("too dark too early for me", "I need the sun, summer any day", "{hm} spring for me, everything wakes up"),
    ),
    _view(
        "phones",
        (
            "people look at their phones too much", "phones should stay off the dinner table",
            "I miss the time without phones", "my phone eats half my day",
        ),
        ("I'm no better", "I counted once, it was awful", "I started leaving mine in the hall"),
        ("{yes}, me included", "guilty as well", "agreed, I deleted half my apps"),
        (
            "I'd be lost without mine", "{hm} I'd never see my family otherwise",
            "I think it's not that bad, they used to read papers",
        ),
    ),
    _view(
        "pizza",
        (
            "pineapple on pizza is fine", "there's nothing wrong with pineapple on pizza",
            "cold pizza beats warm pizza", "pizza is better the next day",
        ),
        ("fight me", "I said what I said", "I'd eat it for breakfast"),
        ("{yes}, people are just snobs", "same, no shame", "agreed, and with extra cheese"),
        ("I can't talk to you any more {haha}", "no, some things are wrong", "{hm} there are limits"),
    ),
    _view(
        "queues",
        (
            "I always pick the slowest queue", "I've got a talent for the wrong queue",
            "whatever line I choose, it stops", "queues hate me",
        ),
        ("happened again today", "the person in front always pays in coins", "it's a gift really"),
        ("me too, every single time", "same, I even switch and it stops", "{yes}, self-checkout breaks when I come"),
        ("I don't mind, I just read", "{hm} I like queues, it's a little break", "mine usually move, sorry"),
    ),
    _view(
        "sundays",
        (
            "Sunday evenings are the worst", "I get nothing done on Sundays", "Sundays are too short",
            "I always feel a bit sad on Sunday nights",
        ),
        ("Monday's already in the room", "I do the laundry and it's over", "it's been like that since school"),
        ("{yes}, that Monday feeling", "same, I start dreading Monday at four", "true, they fly by"),
        (
            "I like them, I cook something slow", "{hm} Sunday's my favourite day",
            "for me it's Wednesdays, Sundays are fine",
        ),
    ),
    _view(
        "voice messages",
        (
            "I can't stand voice messages", "voice messages should have a time limit",
            "nobody needs a four minute voice message", "I never listen to voice messages in time",
        ),
        ("just write it down", "always when I'm on the bus", "and then they say ehm a lot"),
        ("{yes}, I play them at double speed", "same, I let them pile up", "agreed, write or call"),
        ("I love them, you hear the mood", "{hm} my gran sends the best ones", "for me typing is the pain"),
    ),
    _view(
        "maps",
        (
            "I'd get lost without a map on my phone", "I've got no sense of direction", "I get lost in my own town",
            "left and right are hard for me",
        ),
        ("last week I ended up at a farm", "my friends walk in front", "even in shopping centres"),
        (
            "same, I turn the phone around all the time", "me too, I follow whoever looks sure",
            "{yes}, and I'm proud when I arrive",
        ),
        (
            "I'm the one with the paper map", "{hm} I always know where north is, weirdly",
            "I never get lost, I only take detours",
        ),
    ),
)  # fmt: skip

_TURNS = Topic(
    name="turns",
    theme="people",
    early=True,
    proposals=(
        "shall we take turns asking questions?", "let's take turns, one question each",
        "want to ask each other random questions?", "how about one question each?", "shall we play quick questions?",
        "should we go in order, one question at a time?", "let's just ask whatever comes to mind, ok?",
        "want to do a quick round of questions?", "let's interview each other a bit",
        "shall we do question and answer?", "we could ask each other things in turn", "one asks, then we swap, ok?",
        "how about quick questions, no thinking?",
    ),
    accepts=(
        "ok, good way to start", "sure, that's easy", "{yes}, fine with me", "good, I like questions",
        "ok, nothing too hard though", "sure, ask away", "that works", "fine, I've got a few", "ok, let's",
        "{yes}, better than silence",
    ),
    declines=(
        "let's just talk, otherwise it feels like an interview",
        "I'd rather see where it goes, I freeze when I'm asked", "no need, it'll come by itself",
        "hm, I'm bad at making up questions", "I'd keep it loose, there's so little time",
    ),
    stances=(),
    weight=1.2,
)  # fmt: skip

VIEWS = (*_OPINIONS, _TURNS)
