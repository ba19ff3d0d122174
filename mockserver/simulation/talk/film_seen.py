"""After the film: what people thought of it. Nobody expects anything of it any more in here."""

from mockserver.simulation.chance import Chance
from mockserver.simulation.talk.kinds import Stance, Topic, Words
from mockserver.simulation.talk.setting import Setting
from mockserver.simulation.talk.stories import STORIES, Puzzle, Story, Thing

__all__ = ["film_seen"]

# What every film has.
_ALWAYS = (
    Thing("the music", "was", "it", ("beautiful", "perfect for it", "haunting", "so well chosen", "my favourite part"),
          ("a bit much", "too loud", "distracting", "telling me what to feel", "from another film")),
    Thing("the ending", "was", "it",
    ("just right", "really moving", "brave", "surprising in a good way", "so quiet, I liked that"),
          ("too sudden", "predictable", "a let-down", "too neat", "confusing")),
    Thing("the beginning", "was", "it", ("a great hook", "lovely and slow", "so well filmed", "promising"),
          ("slow", "hard to get into", "confusing", "too long")),
    Thing("the pace", "was", "it", ("just right", "nice and calm", "perfect", "brave for something so short"),
          ("too slow for me", "uneven", "a bit rushed", "all over the place")),
    Thing("the colours", "were", "they", ("gorgeous", "so warm", "really beautiful", "carefully chosen"),
          ("too dark", "a bit washed out", "too grey", "a bit artificial")),
    Thing("the acting", "was", "it", ("really natural", "excellent", "so subtle", "far above average"),
          ("a bit wooden", "over the top", "uneven", "not convincing")),
    Thing("the dialogue", "was", "it", ("so natural", "funny in places", "sparse, in a good way", "sharp"),
          ("hard to follow", "a bit stiff", "too much", "like a school play")),
    Thing("the camera work", "was", "it", ("beautiful", "so steady", "really clever", "close in a good way"),
          ("shaky", "making me dizzy", "too close", "showing off a bit")),
)  # fmt: skip


def film_seen(setting: Setting) -> tuple[Topic, ...]:
    """The topics of a chat after the film."""
    film = setting.film
    if film is None:
        return ()
    # The same video is the same film, whoever watches it in whatever world.
    story = Chance(0, "story", film.video_url).pick(STORIES)
    topics = [_OVERALL, _AGAIN, _favourite(story), _summary(story)]
    topics += [_thing(thing) for thing in (*story.things, *_ALWAYS)]
    topics += [_puzzle(puzzle) for puzzle in story.puzzles]
    topics += [_SLIDER] if film.continuous is not None else []
    topics += [_PAUSES] if film.sparse is not None else []
    return tuple(topics)


def _thing(thing: Thing) -> Topic:
    it, was = thing.it, thing.was
    # Whom one likes; what was good or bad about a thing is said of the thing.
    them = {"she": "her", "he": "him", "they": "them"}.get(it, it)

    def side(good: bool) -> Stance:
        mine, other = (thing.good, thing.bad) if good else (thing.bad, thing.good)
        return Stance(
            opinions=(
                f"I thought {thing.name} {was} {{fact}}", f"for me {thing.name} {was} {{fact}}",
                f"{thing.name} {was} {{fact}}, I think", f"is it just me or {was} {thing.name} {{fact}}?",
                f"I found {thing.name} {{fact}}", f"have to say, {thing.name} {was} {{fact}}",
                f"{thing.name} {was} {{fact}} to my mind", f"what stayed with me is {thing.name}, {{fact}}",
            ),
            answers=(
                "{fact}, I thought", f"I found {them} {{fact}}", f"{it} {was} {{fact}} for me", "honestly, {fact}",
                "{fact}, but that's me", f"I thought {it} {was} {{fact}}",
            ),
            agrees=(
                "{yes}, {other} too", f"agreed, {it} {was} {{other}}", "exactly, {other} as well",
                "same here, I'd even say {other}", "true, and also {other}", f"I felt the same about {thing.name}",
                f"{{yes}}, {thing.name} {was} {{other}}", f"couldn't agree more on {thing.name}",
            ),
            contrasts=(
                f"{{hm}} I found {them} {{opposite}}", f"for me {thing.name} {was} {{opposite}}",
                "I saw that differently, {opposite} for me", f"can't agree, {thing.name} {was} {{opposite}}",
                "funny, I'd have said {opposite}", f"no, {it} {was} {{opposite}} if you ask me",
                f"I get what you mean, but {it} {was} {{opposite}} for me",
            ),
            reasons=_GOOD_REASONS if good else _BAD_REASONS,
            facts=_judgements(mine, other),
        )  # fmt: skip

    return Topic(
        name=thing.name,
        theme="film",
        questions=(
            f"what did {{you}} make of {thing.name}?", f"what did {{you}} think of {thing.name}?",
            f"what about {thing.name}?", f"did {{you}} like {thing.name}?", f"how did {{you}} find {thing.name}?",
            f"any thoughts on {thing.name}?",
        ),
        stances=(side(True), side(False)),
    )  # fmt: skip


def _judgements(mine: tuple[str, ...], other: tuple[str, ...]) -> tuple[Words, ...]:
    """Every judgement, with another of the same kind and one of the opposite kind."""
    return tuple(
        {"fact": mine[n], "other": mine[(n + 1) % len(mine)], "opposite": other[n % len(other)]}
        for n in range(len(mine))
    )


_GOOD_REASONS = (
    "I'd have liked more of that", "that's when it got me", "I could watch that again", "I noticed it straight away",
    "it pulled me right in", "that's where I smiled", "that alone was worth it",
)  # fmt: skip
_BAD_REASONS = (
    "it took me out of the story", "I kept noticing it", "I lost interest a bit there", "shame, the idea was good",
    "maybe I'm just picky", "my mind wandered", "less would have been more",
)  # fmt: skip


def _puzzle(puzzle: Puzzle) -> Topic:
    return Topic(
        name=puzzle.name,
        theme="film",
        personal=False,
        questions=puzzle.questions,
        stances=(
            Stance(
                answers=puzzle.answers,
                reactions=(
                    "oh, that makes sense", "I didn't see it that way", "ah, I missed that completely",
                    "could be, I thought it was left open", "interesting, I had something else in mind",
                    "hm, maybe, I wasn't sure at all", "ok, now I get that part", "that would explain a lot",
                    "good point, I hadn't thought of that", "I need to think about that", "clever, you watched closely",
                ),
            ),
        ),
    )  # fmt: skip


_OVERALL = Topic(
    name="overall",
    theme="film",
    weight=8.0,
    questions=(
        "what did {you} think?", "how did {you} like the {film}?", "did {you} like it?", "what's the verdict?",
        "what did {you} make of the {film}?", "thumbs up or down?", "how was the {film} for {you}?",
        "did the {film} get to {you}?", "first impressions?",
    ),
    stances=(
        Stance(
            answers=(
                "I really liked it", "loved it, it caught me off guard", "better than I thought",
                "really good, I forgot I was in a study", "it got to me a bit", "I liked it a lot, quiet but strong",
                "good, I wanted it to go on", "very good, I nearly cried", "I was surprised how much I liked it",
                "great, and I'm picky", "lovely, in a sad way", "it pulled me in after a minute",
            ),
            agrees=(
                "same, I didn't look away once", "{yes}, I liked it too", "agreed, one of the better ones",
                "me too, it stayed with me", "same here, I was hooked", "{yes}, it was over too soon",
                "I felt the same, really touching",
            ),
            contrasts=(
                "{hm} I couldn't get into it", "interesting, it left me cold", "I thought it was ok, not more",
                "for me it dragged", "really, I got bored halfway", "I wanted to like it, but no",
            ),
        ),
        Stance(
            answers=(
                "it was ok, a bit slow", "not really my thing", "mixed, I lost the thread in the middle",
                "well made, but it left me cold", "I've seen better to be honest", "so-so, I kept looking at the timer",
                "a bit too sad for me today", "hm, I didn't get the point", "ok, but I won't remember it tomorrow",
                "I got a bit bored in the middle", "pretty, but not much happened",
            ),
            agrees=(
                "same, my mind wandered", "{yes}, it never really started", "agreed, a bit slow",
                "I felt the same, nothing happened", "{yes}, I was waiting for more",
                "same here, not my kind of {film}",
            ),
            contrasts=(
                "really? I liked it a lot", "{hm} it got me quite a bit", "I thought it was lovely",
                "oh, I was glued to it", "interesting, I'd watch it again", "I liked exactly that it was slow",
            ),
        ),
    ),
)  # fmt: skip

_AGAIN = Topic(
    name="again",
    theme="film",
    questions=(
        "would {you} watch it again?", "would {you} see it a second time?",
        "seen enough or would {you} watch it twice?", "could {you} watch that again?",
        "is once enough or would {you} see it again?",
    ),
    stances=(
        Stance(
            answers=(
                "{yes}, I missed half the details", "I would, with my sister", "{yes}, on a big screen",
                "I think so, in a year or so", "definitely", "{yes}, if only for the last minute",
                "I would, it's short enough", "probably, with subtitles",
            ),
            agrees=(
                "same, I'd catch more", "{yes}, me too", "agreed, it's worth it", "I would as well",
                "same, and I'd bring tissues",
            ),
            contrasts=(
                "{hm} once was enough for me", "not me, I know how it goes now", "I'd rather see something new",
                "no, too slow for a second time",
            ),
        ),
        Stance(
            answers=(
                "once is enough", "{no}, I know how it goes now", "probably not", "not unless you paid me {haha}",
                "{no}, not my kind of thing", "I don't think so, too sad", "only on a long flight",
                "not really, nothing left to find out",
            ),
            agrees=(
                "same, once was fine", "{yes}, once will do", "agreed, I wouldn't sit through it twice",
                "no, me neither", "same for me",
            ),
            contrasts=(
                "I would actually", "{hm} I'd give it a second go", "I'd watch it again tonight",
                "oh I would, I missed so much",
            ),
        ),
    ),
)  # fmt: skip


def _favourite(story: Story) -> Topic:
    return Topic(
        name="favourite",
        theme="film",
        questions=(
            "what was the best moment for {you}?", "which bit did {you} like most?", "favourite scene?",
            "which scene stayed with {you}?", "what will {you} remember of it?", "was there a moment that got {you}?",
        ),
        proposals=(
            "shall we each name a favourite scene?", "let's each say which moment was the best",
            "one favourite scene each?", "want to swap favourite moments?", "let's pick the best scene together",
        ),
        accepts=(
            "ok, good one", "sure, let me think", "{yes}, I know mine already", "ok, that's hard", "easy, I've got one",
            "sure, you first though", "{yes}, I'd like to know yours", "ok, give me a second",
        ),
        declines=(
            "hard to pick one, I liked the whole thing", "I'd rather not, nothing stood out for me",
            "can't, they all blur together already", "hm, I don't really have one, sorry",
            "I'll pass, I'd need to see it again for that",
        ),
        stances=(
            Stance(
                answers=(
                    "{fact}", "{fact}, easily", "for me {fact}", "{fact}, no contest", "definitely {fact}",
                    "{fact}, I held my breath", "I keep thinking of {fact}", "probably {fact}",
                    "{fact}, that was so well done", "{fact}, I'd say", "hm, {fact}", "{fact}, it made me smile",
                ),
                reactions=(
                    "oh {yes}, {fact}", "{fact} was great", "I nearly forgot {fact}", "good choice, {fact} got me too",
                    "I looked away just at {fact} {haha}", "that one was my second choice", "I hardly noticed that one",
                    "that was close to being mine",
                ),
                facts=tuple({"fact": moment} for moment in story.moments),
            ),
        ),
    )  # fmt: skip


def _summary(story: Story) -> Topic:
    return Topic(
        name="summary",
        theme="film",
        questions=(
            "what was it about for {you}?", "so what was the {film} trying to say?",
            "what's the message, do {you} think?", "what do {you} take from it?",
            "in a few words, what was that about?",
        ),
        proposals=(
            "shall we try to say in three words what it was about?", "let's sum it up, a few words each",
            "how about a few words each on what it was about?", "want to agree on what it was about?",
        ),
        accepts=(
            "ok, I'll try", "sure, that's a nice exercise", "{yes}, let's see if we saw the same {film}",
            "fine, but no spoilers {haha}", "good idea", "ok, not easy though", "{yes}, go ahead",
        ),
        declines=(
            "I'd rather not squeeze it into a sentence", "can't yet, I'm still in it",
            "I'll pass, I'm not sure I understood it", "hm, it'd spoil it for me", "no, I'm bad at summaries",
        ),
        stances=(
            Stance(
                answers=(
                    "{fact}, {i_think}", "I'd say {fact}", "{fact}, more than anything", "it's about {fact}",
                    "{fact}, in the end", "for me {fact}", "basically {fact}", "{fact}, with a bit of humour",
                    "mostly {fact}", "{fact}, at least that's how I saw it",
                ),
                agrees=(
                    "{yes}, {fact} fits", "agreed, {fact}, and {other}", "same, {fact} is what I'd have said",
                    "true, plus {other}", "exactly, {fact}", "I was going to say the same",
                ),
                contrasts=(
                    "{hm} more {other} for me", "I'd have said {other}", "I saw {other} in it",
                    "for me it's rather {other}", "not sure about {fact}, {other} maybe",
                ),
                facts=tuple(
                    {"fact": theme, "other": story.themes[(n + 1) % len(story.themes)]} for n,
                    theme in enumerate(story.themes)
                ),
            ),
        ),
    )  # fmt: skip


_SLIDER = Topic(
    name="slider",
    theme="film",
    questions=(
        "how did {you} use the slider?", "where did {you} have the slider most of the time?",
        "did {you} move the slider a lot?", "how high did {you} go with the slider?", "did the slider distract {you}?",
    ),
    stances=(
        Stance(
            answers=(
                "up and down the whole time", "around the middle, then up at the end", "low at first, high at the end",
                "I forgot it for a while to be honest", "mostly high, I was into it",
                "I moved it with the music, I think", "never above three quarters",
                "I kept it still when nothing happened", "I tried to be honest, so all over the place",
                "up for the people, down for the slow bits",
            ),
            reactions=(
                "mine looked about the same, I bet", "ok, I was more careful with it", "I hardly moved mine",
                "interesting, mine was the other way round", "I forgot mine twice",
                "good, I wasn't sure I did it right", "the researchers will have fun with that",
                "I was lower most of the time",
            ),
        ),
        Stance(
            opinions=(
                "rating while watching was harder than I thought", "I kept forgetting the slider",
                "the slider made me watch more closely", "after a while I didn't notice the slider any more",
            ),
            reasons=("you have to watch yourself as well", "my hand had its own plans", "it's like two jobs at once"),
            agrees=("same for me", "{yes}, I noticed that too", "true, it takes a while", "agreed, strange feeling"),
            contrasts=(
                "I hardly thought about it", "{hm} for me it was quite natural", "it bothered me until the end",
                "I had to remind myself all the time",
            ),
        ),
    ),
)  # fmt: skip

_PAUSES = Topic(
    name="pauses",
    theme="film",
    stances=(
        Stance(
            opinions=(
                "the questions in between pulled me out of it", "I didn't like the stops for the questions",
                "each time I was into it, it stopped and asked", "the breaks came at the worst moments",
            ),
            reasons=(
                "I had to find my way back in", "I answered too quickly to get on",
                "always just before something happened",
            ),
            agrees=(
                "{yes}, I just clicked to get on", "same, I lost the mood", "agreed, one would have been enough",
                "true, very bad timing",
            ),
            contrasts=(
                "I didn't mind, it made me think", "{hm} I liked the breaks", "for me they were too short to bother",
                "I thought they came at good moments",
            ),
        ),
    ),
)  # fmt: skip
