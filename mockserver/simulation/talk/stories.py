"""The films that people have seen: ours, since nobody knows what a scenario's video shows. A video has one story."""

from dataclasses import dataclass

__all__ = ["STORIES", "Puzzle", "Story", "Thing"]


@dataclass(frozen=True, slots=True)
class Thing:
    """Something in a film that people think something of.

    Attributes:
        name: With its article. was: `was` or `were`. it: `it`, `they`, `he` or `she`.
        good, bad: What it can be said to be, as far apart as praise and complaint.
    """

    name: str
    was: str
    it: str
    good: tuple[str, ...]
    bad: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Puzzle:
    """Something that a film leaves open: how somebody asks, and how others explain it."""

    name: str
    questions: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A short film.

    Attributes:
        moments: Scenes, as somebody names their favourite. themes: what it is about, in a few words.
    """

    things: tuple[Thing, ...]
    puzzles: tuple[Puzzle, ...]
    moments: tuple[str, ...]
    themes: tuple[str, ...]


_SUITCASE = Story(
    things=(
        Thing(
            "the woman with the suitcase",
            "was",
            "she",
            ("very real", "easy to like", "so calm", "brilliantly played"),
            ("hard to read", "a bit cold", "annoying", "too passive"),
        ),
        Thing(
            "the old man on the bench",
            "was",
            "he",
            ("the heart of it", "very funny", "touching", "wonderful"),
            ("a cliche", "creepy at first", "too chatty", "not believable"),
        ),
        Thing(
            "the station",
            "was",
            "it",
            ("beautifully shot", "a great setting", "almost a character", "so atmospheric"),
            ("too empty to be real", "grey and dull", "distracting", "a bit stagey"),
        ),
        Thing(
            "the last train",
            "was",
            "it",
            ("a great moment", "really tense", "so well timed"),
            ("predictable", "too drawn out", "confusing"),
        ),
    ),
    puzzles=(
        Puzzle(
            "the suitcase",
            (
                "what was in the suitcase, do {you} think?",
                "{did_you} figure out what was in the suitcase?",
                "so what's in that suitcase?",
            ),
            (
                "letters, {i_think}",
                "I think it was empty the whole time",
                "the husband's clothes",
                "I thought it was money at first",
                "her old life, sort of",
                "photos, she touched it so carefully",
                "doesn't matter what, it's about letting go",
            ),
        ),
        Puzzle(
            "going back",
            (
                "why did she go back to the platform?",
                "{did_you} get why she went back?",
                "why didn't she take the train?",
            ),
            (
                "I think she forgave him",
                "because of the old man",
                "she couldn't leave without the suitcase",
                "she never wanted to go, {i_think}",
                "I read it as fear",
                "to say goodbye properly",
            ),
        ),
        Puzzle(
            "the whistle",
            (
                "who whistled at the end?",
                "{did_you} hear the whistle in the last second?",
                "what was that whistle at the end?",
            ),
            (
                "I think it was the old man",
                "just the train, {i_think}",
                "her brother maybe",
                "I missed it completely",
                "the guard, the train's leaving",
            ),
        ),
    ),
    moments=(
        "when she puts the suitcase down",
        "the old man sharing his sandwich",
        "the rain on the glass roof",
        "the phone that keeps ringing",
        "when the train leaves without her",
        "the bit with the gloves",
        "when they both laugh at the clock",
        "the empty platform",
    ),
    themes=(
        "letting go",
        "missed chances",
        "being kind to strangers",
        "waiting too long",
        "starting over",
        "saying goodbye",
    ),
)

_BOAT = Story(
    things=(
        Thing(
            "the grandfather",
            "was",
            "he",
            ("wonderful", "so gentle", "the best thing in it", "completely believable"),
            ("too grumpy for me", "hard to understand", "a bit of a cliche", "too perfect"),
        ),
        Thing(
            "the boy",
            "was",
            "he",
            ("so natural", "a great little actor", "really sweet", "funny without trying"),
            ("a bit whiny", "too grown-up", "wooden in places", "annoying at the start"),
        ),
        Thing(
            "the storm",
            "was",
            "it",
            ("frightening in a good way", "really well done", "so intense", "worth the wait"),
            ("clearly fake", "too long", "hard to follow", "a bit much"),
        ),
        Thing(
            "the boat",
            "was",
            "it",
            ("a lovely image", "gorgeous", "almost a person"),
            ("too symbolic", "not believable", "a bit obvious"),
        ),
    ),
    puzzles=(
        Puzzle(
            "the letter",
            (
                "who wrote the letter in the boat?",
                "{did_you} catch who the letter was from?",
                "whose letter was that?",
            ),
            (
                "the boy's father, {i_think}",
                "the grandmother, before she died",
                "I think he wrote it himself",
                "no idea, they never showed the name",
                "his brother, the one in the photo",
                "I assumed the mother",
            ),
        ),
        Puzzle(
            "the storm",
            (
                "did the grandfather know about the storm?",
                "why did they go out in that weather?",
                "why did he take the boy along?",
            ),
            (
                "he knew, he just had to go",
                "I think he had given up a bit",
                "he didn't listen to the radio, remember",
                "to show the boy he could",
                "I don't think he cared about the weather",
                "pride, {i_think}",
            ),
        ),
        Puzzle(
            "the name",
            (
                "what was painted on the boat?",
                "{did_you} read the name on the boat?",
                "what was the name on the boat?",
            ),
            (
                "Marta, I think",
                "something with M",
                "it was the grandmother's name",
                "I couldn't read it either",
                "they painted over it on purpose",
            ),
        ),
    ),
    moments=(
        "when they paint the boat blue",
        "the boy falling asleep in the nets",
        "the silence after the storm",
        "the soup scene",
        "when the engine starts",
        "the two of them on the roof",
        "when he reads the letter aloud",
        "the gull that steals the fish",
    ),
    themes=(
        "growing up",
        "getting old",
        "family without many words",
        "forgiving somebody",
        "being stubborn",
        "what we leave behind",
    ),
)

_DINNER = Story(
    things=(
        Thing(
            "the argument in the kitchen",
            "was",
            "it",
            ("so real it hurt", "brilliantly written", "really tense", "the best part"),
            ("too shouty", "hard to watch", "over the top", "a bit forced"),
        ),
        Thing(
            "the older sister",
            "was",
            "she",
            ("my favourite", "very funny", "so well played", "the only honest one"),
            ("unfair to the others", "a bit cold", "hard to like", "overdone"),
        ),
        Thing(
            "the younger sister",
            "was",
            "she",
            ("so easy to feel for", "a great actress", "completely real", "braver than she looked"),
            ("annoying", "too innocent", "hard to believe", "a bit flat"),
        ),
        Thing(
            "the phone call",
            "was",
            "it",
            ("heartbreaking", "so quiet and so strong", "perfectly timed"),
            ("a bit convenient", "confusing", "too vague for me"),
        ),
    ),
    puzzles=(
        Puzzle(
            "the empty chair",
            (
                "who was the empty chair for?",
                "{did_you} get who the chair was for?",
                "whose place was that at the table?",
            ),
            (
                "the mother's, {i_think}",
                "the brother who never came",
                "their dad, he's in the photo",
                "nobody, that's the point",
                "I thought for the husband",
                "the one on the phone",
            ),
        ),
        Puzzle(
            "the caller",
            (
                "who was on the phone?",
                "{did_you} hear who was on the phone?",
                "what did they say on the phone, do {you} think?",
            ),
            (
                "the hospital, I'm fairly sure",
                "the brother",
                "I think it was bad news about the mother",
                "we never find out",
                "somebody selling something, and that broke her",
                "the father, saying he won't come",
            ),
        ),
        Puzzle(
            "the plate",
            (
                "did she break the plate on purpose?",
                "was the plate an accident?",
                "what was it with the broken plate?",
            ),
            (
                "on purpose, definitely",
                "I think it slipped",
                "she wanted it to stop",
                "it was their mother's plate, so no accident",
                "half and half, {i_think}",
            ),
        ),
    ),
    moments=(
        "when they both start laughing",
        "the onions",
        "the hand on the door",
        "when the music stops",
        "the plate breaking",
        "the look across the table",
        "when they eat in silence",
        "the bit where they dance with the tea towels",
    ),
    themes=("sisters", "things nobody says", "grief", "old wounds", "coming home", "making up without saying sorry"),
)

_COURIER = Story(
    things=(
        Thing(
            "the courier",
            "was",
            "she",
            ("so likeable", "really natural", "a great lead", "tough and funny"),
            ("hard to read", "too cool", "a bit one-note", "reckless"),
        ),
        Thing(
            "the dog",
            "was",
            "it",
            ("the star", "adorable", "better than any actor", "so well trained"),
            ("too cute on purpose", "a cheap trick", "in too many shots", "unbelievably clever"),
        ),
        Thing(
            "the chase through the market",
            "was",
            "it",
            ("thrilling", "so well filmed", "great fun", "the best part"),
            ("too hectic", "impossible to follow", "way too long", "a bit silly"),
        ),
        Thing(
            "the city at night",
            "was",
            "it",
            ("beautiful", "so well lit", "half the story"),
            ("too dark to see", "like an advert", "a bit gloomy"),
        ),
    ),
    puzzles=(
        Puzzle(
            "the parcel",
            (
                "what was in the parcel?",
                "{did_you} see what was in the parcel?",
                "why did they all want that parcel?",
            ),
            (
                "medicine, {i_think}",
                "the dog's papers",
                "I think it doesn't matter",
                "somebody's ashes, no?",
                "money, what else",
                "we never see it, do we",
            ),
        ),
        Puzzle(
            "the owner",
            (
                "was that the dog's owner at the end?",
                "who was the man at the end?",
                "{did_you} recognise the man at the door?",
            ),
            (
                "the owner, the collar matched",
                "her father, {i_think}",
                "I think he was just a stranger",
                "the man from the first scene",
                "the customer, and the dog knew him",
            ),
        ),
        Puzzle(
            "keeping the dog",
            (
                "why didn't she keep the dog?",
                "would she have kept the dog, do {you} think?",
                "why give the dog back?",
            ),
            (
                "because it was the right thing",
                "she can't look after herself even",
                "I think she will keep it in the end",
                "it was never hers",
                "she lives on that bike",
                "so that it hurts a bit, {i_think}",
            ),
        ),
    ),
    moments=(
        "when the dog sits in the basket",
        "the ride across the bridge",
        "the noodles they share",
        "when the light turns green",
        "the ring of the doorbell",
        "when she talks to the dog about her mum",
        "the fall at the market",
        "sunrise on the roof",
    ),
    themes=(
        "being lonely in a city",
        "trust",
        "small kindnesses",
        "work that never stops",
        "finding a friend",
        "doing the right thing",
    ),
)

STORIES = (_SUITCASE, _BOAT, _DINNER, _COURIER)
