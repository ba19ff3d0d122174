"""Words that any text may use: `{nice}` becomes one of these, drawn anew every time."""

from collections.abc import Mapping

from mockserver.simulation.talk.kinds import Words

__all__ = ["COMPANY", "VOCABULARY"]

VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "hi": ("hi", "hey", "hello"),
    "nice": ("nice", "cool", "lovely", "great", "oh nice", "oh cool", "ah nice", "sounds good"),
    "oh": ("oh", "ah", "oh wow", "oh really", "ah ok", "oh right"),
    "hm": ("hm", "hmm", "well", "really?", "not sure,", "oh,"),
    "fun": ("interesting", "fun", "tough", "intense", "like hard work", "exciting", "fascinating", "like a lot"),
    "i_think": ("I think", "I guess", "I suppose", "I'd say", "if you ask me"),
    "so": ("so", "ok so", "so,", "right, so", "alright,", "ok,"),
    "by_the_way": (
        "by the way,", "btw", "random question:", "just curious,", "out of interest,", "anyway,", "quick question:",
        "something else:", "while we wait,", "other topic,", "since we're here,", "ok next one:", "also,",
    ),
    "honestly": (
        "honestly,", "unpopular opinion maybe, but", "I have to say,", "can I just say,", "maybe you'll disagree, but",
        "between us,",
    ),
    "short_while": ("month", "week", "term", "year", "summer", "autumn", "winter", "spring"),
    "ordinal": ("second", "third", "fourth", "fifth", "sixth", "tenth"),
    "some": ("two", "three", "four", "a few", "a couple of", "five or six"),
    "softly": (" by the way", ", if I may ask", ", out of interest", " actually", " then", ", just out of curiosity"),
    "then": (" then", " actually", " by the way", ", I wonder"),
    "handed_on": (", what about {you}?", ", and {you}?", ", how about {you}?"),
    "handed_on_to_one": (", what about you?", ", and you?", ", how about you?", ", you?", ", yourself?"),
    "pet_name": (
        "Miso", "Biscuit", "Gustav", "Pickle", "Socks", "Mrs Brown", "Olga", "Toast", "Bruno", "Waffle", "Pepper",
        "Nacho", "Herbert", "Luna", "Dumpling", "Captain", "Frida", "Button", "Kiwi", "Moose",
    ),
}  # fmt: skip

# How those who are spoken to are called, by how many they are; for three or more, as for three.
COMPANY: Mapping[int, Words] = {
    1: {
        "you": "you", "have_you": "have you", "do_you": "do you", "did_you": "did you", "are_you": "are you",
        "were_you": "were you", "us": "both of us", "each_of_us": "each of us", "somebody": "somebody",
    },
    2: {
        "you": "you two", "have_you": "has either of you", "do_you": "does either of you",
        "did_you": "did either of you", "are_you": "is either of you", "were_you": "was either of you",
        "us": "the three of us", "each_of_us": "each of us", "somebody": "both of you",
    },
    3: {
        "you": "you all", "have_you": "has anyone", "do_you": "does anyone", "did_you": "did anyone",
        "are_you": "is anyone", "were_you": "was anyone", "us": "all of us", "each_of_us": "everyone",
        "somebody": "everyone",
    },
}  # fmt: skip
