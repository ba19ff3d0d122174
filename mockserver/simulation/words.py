"""What people write to each other: short English about the task, from Faker with a provider of our own."""

from faker.providers import BaseProvider

__all__ = ["TaskTalk"]

_OPENERS = ("Hello, everyone!", "Hi all", "Hey there!", "Good to meet you", "Hello, can you see this?")
_THINGS = (
    "the first clip", "that last scene", "the ending", "the music", "the main character",
    "the dialogue", "the part in the kitchen", "the argument", "the picture", "the pacing",
)  # fmt: skip
_FEELINGS = (
    "surprising", "a bit slow", "really tense", "sad", "funny", "hard to follow", "moving",
    "strange", "quite realistic", "too long", "beautiful",
)  # fmt: skip
_FORMS = (
    "I thought {thing} was {feeling}.",
    "Did you also find {thing} {feeling}?",
    "{thing} felt {feeling} to me",
    "Yes, {thing} was {feeling}",
    "Not sure, maybe {feeling}?",
    "What did you think of {thing}?",
    "For me {thing} was {feeling}, but {other} was {feeling2}.",
    "I would rate {thing} higher than {other}",
    "Same here.",
    "Ok, I agree",
    "haha yes",
    "No, I missed that. What happened in {thing}?",
    "We should decide soon, I think",
    "Let's say {thing} then?",
)


class TaskTalk(BaseProvider):
    """A Faker provider of chat messages about a task with a video."""

    def opener(self) -> str:
        """The first thing somebody writes."""
        return str(self.random_element(_OPENERS))

    def remark(self) -> str:
        """Something about the task, 6 to 90 characters."""
        thing, other = self.random_elements(_THINGS, length=2, unique=True)
        feeling, feeling2 = self.random_elements(_FEELINGS, length=2, unique=True)
        text = str(self.random_element(_FORMS)).format(
            thing=thing, other=other, feeling=feeling, feeling2=feeling2
        )
        return text[0].upper() + text[1:]
