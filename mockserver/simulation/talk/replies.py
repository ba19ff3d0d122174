"""Replies and additions that fit whatever it is about."""

__all__ = [
    "ACCEPTED", "ACKNOWLEDGED", "CONCEDED_DECLINE", "CONCEDED_VIEW", "FIRST_OWN_ANSWER", "NO_HURRY", "STILL_THERE",
    "WHAT_ABOUT_YOU",
]  # fmt: skip


def _each(leads: tuple[str, ...], rests: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{lead}{rest}" for lead in leads for rest in rests)


# To any proposal.
ACCEPTED = (
    "sure, I'm up for that", "ok, works for me", "I like that", "let's", "go for it", "fine, count me in",
    "ok, you've convinced me", "happy to", "{yes}, that's a nice idea", "ok, could be fun", "sure thing",
    "no objections here", "I was about to say the same", "great, let's do it", "alright, why not",
    "ok, I'll give it a try", "{yes}, sounds like a plan", "I can do that", "ok by me", "{haha} ok, let's",
)  # fmt: skip
# To a detail that somebody was asked for.
ACKNOWLEDGED = _each(
    ("", "ah ok, ", "{haha}, ", "ok, "),
    (
        "{nice}", "good to know", "makes sense", "I can imagine", "sounds about right", "that's a good answer",
        "I thought so", "fair enough", "love it", "could be worse", "that would be me too", "I get that",
        "that's honest", "now I know", "you make it sound easy", "that's nice to hear", "better than most",
        "I'd be the same",
    ),
)  # fmt: skip
# To somebody who sees it differently, from the one who said it first.
CONCEDED_VIEW = _each(
    ("", "ok, ", "{haha}, ", "true, "),
    (
        "fair enough", "I see what you mean", "each to their own", "good that we're not all the same",
        "you might be right", "fair point", "I can see that", "I hadn't looked at it like that",
        "we'll agree to disagree", "matter of taste, I guess", "now you've got me thinking", "I'm a bit extreme there",
        "maybe I'll come round to it", "interesting that we see it so differently",
    ),
)  # fmt: skip
# To somebody who declines, from the one who proposed it.
CONCEDED_DECLINE = _each(
    ("", "ok, ", "sure, ", "{haha}, ", "alright, "),
    (
        "no problem", "fair enough", "no pressure", "then let's just talk", "it was only an idea", "that's fine",
        "I get that", "we don't have to", "then not", "forget I asked", "just chatting is fine too", "understandable",
    ),
)  # fmt: skip
# Before one's own answer to one's own question.
FIRST_OWN_ANSWER = (
    "I'll start:",
    "I'll go first,",
    "for me:",
    "to start with me,",
    "my answer:",
    "on my side:",
    "I'll begin,",
)
# After one's own proposal.
NO_HURRY = (
    "or something else, I'm easy", "just an idea", "only if {you} want to", "or is that silly?", "unless that's boring",
    "might be fun", "otherwise we just chat", "doesn't have to be long", "no pressure though",
    "I saw that in another study", "seems like a good way in",
)  # fmt: skip
# In a line of its own.
WHAT_ABOUT_YOU = _each(
    ("", "so ", "ok, ", "right, "),
    (
        "what about {you}?",
        "how about {you}?",
        "how is it for {you}?",
        "your turn {haha}",
        "now {you}",
        "what's it like on your side?",
        "what would {you} say?",
        "what do {you} say to that?",
        "what's your answer?",
        "how would {you} answer that?",
    ),
) + ("and {you}?", "and on your side?", "curious what {you} say")
# When nobody reacts.
STILL_THERE = (
    "are {you} still there?", "no answer, maybe it's slow", "hello?", "can you read this?", "I'll wait a bit",
    "is it just slow?", "not sure this gets through", "take your time", "maybe {you} can't see this",
    "testing if this still works", "I'm still here by the way",
)  # fmt: skip
