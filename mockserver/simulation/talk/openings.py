"""How a conversation begins and ends, and what is said by somebody who is alone in it."""

from collections.abc import Mapping

from mockserver.simulation.talk.setting import Next

__all__ = [
    "ALONE", "CLOSINGS", "FAREWELLS", "GREETINGS_AFTER", "GREETINGS_AGAIN", "GREETINGS_BACK", "GREETINGS_ENTERING",
    "GREETINGS_LATE",
    "RETURNS", "WELCOMES", "asked_in",
]  # fmt: skip

_FIRST = (
    "nice to meet you", "good to meet you", "I'm {name}", "{name} here", "my name's {name}",
    "I'm {name}, nice to meet you", "{name} here, good to meet you", "this is {name}", "call me {name}",
    "so this is the chat", "seems like we've started", "good to see I'm not on my own here",
    "took me a moment to find the text box", "right, here we are", "I'm {name} by the way", "let's see how this works",
    "so, {name} reporting in", "the page looks good on my side", "hope you're well", "let's make the most of it",
    "nice to have some company", "just poured myself a tea", "I've got my coffee, I'm ready",
    "I'm a bit nervous, I'm {name}", "hope the day's been kind to you", "I guess I'll go first, I'm {name}",
    "I'm {name}, I'll start typing then", "so we can talk now", "seems we can write here",
    "there's a timer, so quick hello", "ready when you are", "I'm {name}, first time in here",
    "I'll be {name} today, as always", "I'm {name}, sitting comfortably", "the box says write something, so here I am",
)  # fmt: skip
# Straight from the entrance.
_ENTERING = (
    "glad it let me in", "that took a while to load", "finally in", "the waiting room felt long",
    "happy to be out of the waiting room", "that was a lot of instructions", "I hope the timer's not too strict",
    "{name} here, just got through the instructions", "the page took its time", "the loading took a moment",
    "I nearly missed the start", "I hope I clicked the right thing", "thanks for waiting", "I think we're connected",
    "{name} here, fresh from the waiting room",
)  # fmt: skip
_AFTER = (
    "so that's done", "good to talk to somebody now", "I'm {name}, nice that we get to talk now",
    "so now we get to talk", "nice to have people here after that", "I was hoping there'd be a chat",
    "ah, other people", "{name} here, so I wasn't the only one watching", "now we can compare",
    "was wondering who else was there",
)  # fmt: skip
_HOW_ARE_YOU = ("how's it going?", "how are you doing?", "how are things?", "how are you?", "everything ok?")
_DO_YOU_READ_ME = (
    "can you see this?",
    "is this working?",
    "hope you can read this",
    "does this get through?",
    "testing, can you read me?",
)

_BACK = (
    "nice to meet you too", "good to meet you too", "I'm {name}", "{name} here", "I'm {name}, nice to meet you",
    "sorry, slow typer", "I'm here too", "just got here", "made it as well", "good to have company", "my name's {name}",
    "I'm {name} by the way", "this is {name}", "and I'm {name}", "{name} on this end",
    "wasn't sure anything was happening", "good, the chat works", "thanks for starting us off",
    "was just about to write something", "I'm {name}, good to meet you", "nice, somebody's typing",
    "took me a second to find the box", "{name}, pleased to meet you", "this is cosy", "so it's really live",
    "I was wondering when it would start", "glad I'm in the right place", "my screen just changed",
    "good timing, I just sat down", "tea's ready too", "coffee in hand", "all set over here", "here too, {name}",
    "{name} speaking, or typing", "hope I'm in the right chat", "happy to meet you", "thanks for the hello",
    "I'm {name}, a bit slow at typing", "good to see some life in here", "hope you're having a good day",
    "let's see what comes", "I'm {name}, nice to read you", "good to read somebody", "I'm {name}, also here",
    "hello from me too", "{name} joining in", "I'm {name}, ready when you are", "pleased to meet you",
    "and a hello from {name}", "nice to see a message pop up",
)  # fmt: skip
_FINE = (
    "doing fine, thanks", "good, thanks, and a bit curious", "fine, thanks, I'm {name}", "not bad, thanks",
    "good, thanks, {name} here", "all well here, thanks", "pretty good, thanks for asking", "tired but ok",
    "good so far", "very well, I'm {name}", "ok, could use a coffee", "fine, a bit sleepy", "great, I'm {name}",
    "can't complain", "good, it's warm in here at least", "all good on my side", "fine, glad to be here",
)  # fmt: skip
_READ_YOU = (
    "yes, I can read you", "works for me", "I can see it, it works", "reading you loud and clear",
    "your message came right through", "yes, it works, I'm {name}", "{yes}, got it", "it gets through, {name} here",
    "I can read it, took a second though", "yes, all good here", "works, I'm {name}", "loud and clear, so to speak",
    "{yes}, I see it", "came through fine, I'm {name}", "yes, and hello from {name}",
)  # fmt: skip
_TO_THE_NAMED = (
    "nice to meet you, {theirs}", "good to meet you, {theirs}, I'm {name}", "hi {theirs}, {name} here", "{hi} {theirs}",
    "{hi} {theirs}, I'm {name}", "{hi} {theirs}, nice to meet you", "{theirs}, nice to meet you, I'm {name}",
    "{hi} {theirs}, good to have you here", "pleased to meet you, {theirs}",
)  # fmt: skip
_LATE = (
    "sorry I'm late", "sorry, was reading along", "I'm here too by the way", "just catching up with what you wrote",
    "sorry, it took ages to load", "didn't want to interrupt", "slow connection here", "{name} here, a bit late",
    "only just got in, I'm {name}", "finally loaded", "my page was stuck, I'm {name}", "quiet so far, but here",
    "I type slowly, sorry", "had to restart the browser", "reading everything, I'm {name}",
    "I'm {name}, sorry for the silence",
)  # fmt: skip
_AGAIN = (
    "again", "again, that went fast", "again, good to be back", "again, this is easier to type in",
    "again, back to typing", "again, how was that?", "again, did that work for you?", "again, still here",
    "again, so here we go", "again, next round", "again, I like the chat better", "again, you still there?",
    "again, that was quick", "again, ready when you are", "again, where were we?", "again, so we get more time",
    "again, took a second to load", "again, my screen froze for a moment", "again, now I'm awake",
)  # fmt: skip
# By the number of others: whom a greeting names.
_ADDRESSES: Mapping[int, tuple[str, ...]] = {
    1: ("", " there"),
    2: ("", " both", " you two", " to you both", " everyone"),
    3: ("", " everyone", " all", " everybody", " folks"),
}


def _greetings(addresses: tuple[str, ...], tails: tuple[str, ...]) -> tuple[str, ...]:
    """Every address alone, and with everything that can come after it."""
    alone = tuple(f"{{hi}}{address}!" for address in addresses)
    return alone + tuple(f"{{hi}}{address}, {tail}" for address in addresses for tail in tails)


_TALK_STARTS = (*_FIRST, *_HOW_ARE_YOU, *_DO_YOU_READ_ME)
GREETINGS_ENTERING = {number: _greetings(whom, _TALK_STARTS + _ENTERING) for number, whom in _ADDRESSES.items()}
GREETINGS_AFTER = {number: _greetings(whom, _TALK_STARTS + _AFTER) for number, whom in _ADDRESSES.items()}
# By what the greeting before has asked.
GREETINGS_BACK = {
    "": {n: _greetings(whom[:3], _BACK) + _TO_THE_NAMED for n, whom in _ADDRESSES.items()},
    "how": {n: _greetings(whom[:3], _FINE) for n, whom in _ADDRESSES.items()},
    "reach": {n: _greetings(whom[:3], _READ_YOU) for n, whom in _ADDRESSES.items()},
}


def asked_in(greeting: str) -> str | None:
    """Which of the questions a greeting ends with: a key of `GREETINGS_BACK`."""
    if greeting.endswith(_HOW_ARE_YOU):
        return "how"
    return "reach" if greeting.endswith(_DO_YOU_READ_ME) else None


# To those who are talking already.
GREETINGS_LATE = {number: _greetings(addresses, _LATE) for number, addresses in _ADDRESSES.items()}
GREETINGS_AGAIN = {
    1: tuple(f"{{hi}} {tail}" for tail in _AGAIN),
    2: tuple(f"{{hi}}{whom} {tail}" for whom in ("", " both", " you two") for tail in _AGAIN),
    3: tuple(f"{{hi}}{whom} {tail}" for whom in ("", " everyone", " all") for tail in _AGAIN),
}

ALONE = (
    "hello?", "{hi}, is anybody there?", "seems to be just me in here", "I think I'm on my own here", "anyone?",
    "ok, I'll wait a bit", "did I lose the connection?", "I'll be here if somebody joins",
    "looks like nobody else is in", "is somebody still coming?", "testing, testing", "talking to myself then {haha}",
    "not sure anyone can read this", "I'll just wait for the timer then",
)  # fmt: skip
RETURNS = (
    "sorry, lost the connection for a moment", "back, my internet dropped", "sorry, it kicked me out",
    "I'm back, wifi trouble", "sorry about that, the page froze", "had to reconnect, did I miss something?",
    "ok, I'm back in", "sorry, dropped out for a second", "my connection went, back now", "that was my wifi, sorry",
    "page reloaded on me, back now", "right, reconnected",
)  # fmt: skip
WELCOMES = (
    "welcome back", "no worries", "no problem, you didn't miss much", "ah good, you're back", "happens to me too",
    "all good, we were just chatting", "wondered where you went {haha}", "no problem at all", "glad it let you back in",
    "don't worry, we waited",
)  # fmt: skip

_SIGNS: Mapping[Next, tuple[str, ...]] = {
    Next.FILM: (
        "I think it's about to start", "the {film}'s coming up", "timer's nearly done",
        "looks like we're about to start", "a few seconds left", "almost time for the {film}", "{film} time",
        "that's nearly our time", "time's almost up", "here comes the {film}", "the clock's running out",
        "seems we're moving on",
    ),
    Next.CALL: (
        "the video call's next", "timer's nearly done", "time's almost up", "a few seconds left",
        "looks like cameras are next", "I think we're switching to video", "that's nearly our time", "camera time",
        "the clock's running out", "almost time for the call", "seems we're moving on to video",
    ),
    Next.QUESTIONS: (
        "timer's nearly done", "time's almost up", "a few seconds left", "that's nearly our time",
        "the clock's running out", "looks like there's more to fill in", "I think questions are next",
        "seems we're moving on", "next page is coming", "we're nearly out of time",
    ),
    Next.PART: (
        "timer's nearly done", "time's almost up", "a few seconds left", "that's nearly our time",
        "the clock's running out", "I think the next part is coming", "seems we're moving on", "next page is coming",
        "we're nearly out of time", "on to the next part soon", "looks like this part is over",
    ),
    Next.END: (
        "timer's nearly done", "time's almost up", "a few seconds left", "that's nearly our time", "I think that's it",
        "looks like we're done", "the clock's running out", "we're nearly out of time", "nearly at the end",
        "seems that was the last bit",
    ),
}  # fmt: skip
_WISHES: Mapping[Next, tuple[str, ...]] = {
    Next.FILM: (
        "enjoy the {film}", "enjoy", "enjoy it", "have fun watching", "nice chatting", "see you after",
        "good talking to you", "happy watching", "let's see how it is", "hope it's a good one", "was nice to meet you",
        "talk later", "right, sound on", "getting comfortable", "good luck with it", "hope yours loads",
        "see you on the other side", "lights off", "tissues ready", "hope it's not too long",
        "I'll be the one with the snacks", "curious now", "fingers crossed it's good", "volume up", "blanket's ready",
        "let's go", "off we go", "ready when it is", "thanks for the chat",
    ),
    Next.CALL: (
        "see you on camera", "see you in a moment", "see you in a second", "nice chatting", "let me fix my hair",
        "talk in a moment", "hope my camera works", "hope my mic works", "see you on video", "see you there",
        "good typing with you", "now we get faces", "headphones on", "curious who you are", "don't mind my messy room",
        "let's hope the sound works", "moving to a better chair", "I'll find my headphones", "hope my wifi holds",
        "turning the light on", "better close the other tabs", "hello in a minute then", "excited to see you",
        "camera's on already", "I'll try to smile", "be kind about my background", "quick look in the mirror",
        "I'll wave", "I'll try to look awake", "thanks for the chat", "see you on the call",
    ),
    Next.QUESTIONS: (
        "nice chatting", "good talking to you", "thanks for the chat", "was nice to meet you",
        "good luck with the rest", "take care", "that was fun", "enjoy the rest", "this went quickly", "I enjoyed that",
        "thanks, that was nice", "off to the questions then", "all the best", "glad we talked", "have a good one",
    ),
    Next.PART: (
        "nice chatting", "good talking to you", "thanks for the chat", "was nice to meet you",
        "good luck with the rest", "take care", "that was fun", "enjoy the rest", "this went quickly", "I enjoyed that",
        "thanks, that was nice", "see you in the next bit", "all the best", "glad we talked",
    ),
    Next.END: (
        "nice chatting", "good talking to you", "thanks for the chat", "was nice to meet you", "take care", "bye then",
        "that was fun", "have a good day", "all the best", "I enjoyed that", "thanks, that was nice", "goodbye",
        "glad we talked", "have a good one", "bye and thanks",
    ),
}  # fmt: skip
_LEADS = ("", "ok, ", "right, ", "oh, ", "alright, ")
_NODS = (
    "", "{yes}, ", "ok, ", "you too, ", "thanks, ", "likewise, ", "same, ", "alright, ", "perfect, ", "great, ",
    "cool, ",
)  # fmt: skip

CLOSINGS = {
    after: tuple(f"{lead}{sign}, {wish}" for lead in _LEADS for sign in _SIGNS[after] for wish in _WISHES[after])
    + tuple(f"{lead}{sign}" for lead in _LEADS[1:] for sign in _SIGNS[after])
    for after in Next
}
FAREWELLS = {
    after: tuple(
        f"{nod}{wish}" for nod in _NODS for wish in _WISHES[after] if not nod or not wish.startswith(nod.strip(", "))
    )
    for after in Next
}
