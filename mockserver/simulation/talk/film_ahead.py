"""Before the film: what it will be like and how watching will go. Nobody has seen anything of it in here."""

from mockserver.simulation.talk.kinds import Stance, Topic
from mockserver.simulation.talk.setting import Setting

__all__ = ["after_introduction", "before_call", "film_ahead", "spoken_time"]

_MOODS = (
    ("sad", "gloomy", "cheerful"), ("scary", "creepy", "harmless"), ("long", "slow", "short"),
    ("weird", "arty", "normal"),
    ("violent", "bloody", "gentle"), ("cheesy", "soppy", "dry"), ("loud", "hectic", "quiet"),
    ("depressing", "heavy", "light"),
    ("confusing", "abstract", "simple"),
)  # fmt: skip

_GUESS = Topic(
    name="guess",
    theme="film",
    weight=2.0,
    questions=(
        "what do {you} think the {film} will be about?", "any guesses what the {film} is about?",
        "what kind of {film} do {you} expect?", "what do {you} expect from the {film}?",
        "any idea what sort of {film} we're getting?", "what do {you} reckon they'll show us?",
        "what would {you} bet the {film} is about?", "{do_you} have a guess what's coming?",
        "what are {you} expecting to see?",
    ),
    proposals=(
        "let's each guess what the {film} will be about", "shall we bet on what the {film} is about?",
        "shall we each make a guess before it starts?", "how about a guess each, what will the {film} be?",
        "want to guess the {film} before it starts?", "one guess each about the {film}?",
        "let's guess now and check after the {film}", "should we write down a guess each?",
    ),
    accepts=(
        "ok, deal", "sure, I've got one", "good idea, loser buys biscuits", "{yes}, let's", "ok, easy", "sure, why not",
        "fine, but I'm bad at this", "I'm in", "alright, let me think", "deal, no changing it later",
        "ok but only one guess", "{yes}, that'll be fun to check",
    ),
    declines=(
        "I'd rather be surprised", "{no}, then I only watch for that", "I'll skip, I'm always wrong",
        "rather not, it spoils it for me", "hm, I don't want to have anything in my head before",
        "I'd leave it, we might influence the ratings", "no guess from me, I know nothing about it",
        "can't, they told us so little",
    ),
    stances=(
        Stance(
            answers=(
                "I bet it's about {fact}", "my guess is {fact}", "knowing these studies, {fact}", "hopefully {fact}",
                "something with {fact}, I think", "I'd say {fact}", "maybe {fact}?", "{fact}, and no dialogue",
                "probably {fact}, it's always that", "could be {fact}", "I'm going with {fact}",
                "{fact}, and somebody will cry", "no idea, {fact}?", "I picture {fact}",
            ),
            reactions=(
                "{haha}, I'd watch that", "{fact}, I'd be fine with that", "please not {fact}",
                "{oh}, {fact} would be nice", "that's very specific {haha}", "{fact}, now I can't unsee it",
                "ok, I'll remember you said {fact}", "we'll see, {fact} sounds a bit too good",
                "if it's {fact} you get a prize", "{nice}, I hope you're right",
            ),
            facts=tuple({"fact": what} for what in (
                "two people on a train", "a family dinner that goes wrong", "a dog", "somebody who loses a job",
                "an old couple", "a heist", "penguins", "a road trip", "a kid and a bike", "a wedding", "a robot",
                "a break-up", "a small village", "an airport", "two brothers", "a lost letter", "a piano teacher",
                "a stranded astronaut", "a football match", "a school play", "neighbours who argue", "a hospital",
                "a lonely lighthouse", "a birthday nobody remembers", "a fisherman", "a first date", "a taxi driver",
                "somebody moving house", "a chess game", "a night in a lift",
            )),
        ),
    ),
)  # fmt: skip

_HOPE = Topic(
    name="hope",
    theme="film",
    weight=2.5,
    stances=(
        Stance(
            opinions=(
                "I hope it won't be too {fact}", "as long as it isn't {fact} I'm happy", "please nothing {fact}",
                "I'm a bit worried it'll be {fact}", "they always pick something {fact} for these",
                "I really don't want anything {fact} today", "with my luck the {film} will be {fact}",
                "I bet it'll be something {fact}",
            ),
            reasons=(
                "I had enough of that this week", "I get jumpy", "I'm not in the mood for it", "I'd fall asleep",
                "I'd look away half the time",
            ),
            agrees=(
                "same, nothing {fact} please", "{yes}, {opposite} would be nicer",
                "agreed, something {opposite} for me", "me too, I'm too tired for {fact}",
                "true, {fact} is the last thing I need", "{yes}, I'm not good with {other} things",
                "let's hope for something {opposite}", "exactly, {opposite} is fine by me",
            ),
            contrasts=(
                "I don't mind {fact}, as long as it isn't boring", "{hm} I like it a bit {fact}",
                "for me it can be {fact}, {opposite} is dull", "I'd take {fact} over {opposite}",
                "I was hoping for something {other}, sorry {haha}", "ah no, {other} is the best",
                "I think {opposite} would be a bit too safe",
            ),
            facts=tuple({"fact": mood, "other": other, "opposite": opposite} for mood, other, opposite in _MOODS),
        ),
        Stance(
            opinions=(
                "I'm looking forward to the {film}", "I'm curious about the {film}", "I'm quite excited for the {film}",
                "a {film} is a nice change from forms", "I like that we get to watch something",
                "good that there's a {film} in this one",
            ),
            reasons=(
                "I haven't watched anything in weeks", "beats another form", "and I've got snacks",
                "I skipped the telly for this",
            ),
            agrees=(
                "me too, I've got tea ready", "{yes}, much better than forms", "same, I'm sitting comfortably",
                "agreed, watching is the easy part", "{yes}, I wonder what they picked",
            ),
            contrasts=(
                "I'm a bit sceptical, these are often dull", "{hm} depends what it is",
                "I'd be happier with a game to be honest", "we'll see, I get restless when I have to watch things",
            ),
        ),
    ),
)  # fmt: skip

_TASTE = Topic(
    name="taste",
    theme="film",
    questions=(
        "what do {you} like to watch?", "what kind of films do {you} like?", "what's your favourite kind of film?",
        "what do {you} usually watch?", "{do_you} have a favourite genre?",
        "which films can {you} watch over and over?", "what would {you} pick for a film night?",
    ),
    stances=(
        Stance(
            answers=(
                "{fact}, mostly", "{fact}, any time", "anything, but {fact} most of all", "I like {fact}",
                "{fact} when I'm tired, otherwise the news", "definitely {fact}", "{fact}, I'm easy to please",
                "I grew up on {fact}", "{fact} and nothing else {haha}", "give me {fact} and I'm happy",
            ),
            reactions=(
                "{fact}, {nice}", "same, {fact} any day", "I can't stand {fact}, sorry {haha}", "{fact} are underrated",
                "my dad loves {fact} too", "ok, we could do a {film} night then",
                "{oh}, I always fall asleep in {fact}", "I should watch more {fact}",
            ),
            facts=tuple({"fact": genre} for genre in (
                "comedies", "documentaries", "thrillers", "old westerns", "animated films", "heist films",
                "costume dramas", "science fiction films", "horror films", "musicals", "road movies", "silent films",
                "courtroom dramas", "nature films", "martial arts films", "spy films", "romantic comedies",
                "crime dramas", "disaster films", "black and white films", "sports films", "fairy tales",
            )),
        ),
    ),
)  # fmt: skip

_TOGETHER = Topic(
    name="together",
    theme="film",
    weight=1.5,
    stances=(
        Stance(
            opinions=(
                "nice that it'll play for {us} at the same time", "I like that we'll watch it together",
                "funny idea, watching together but apart", "so we'll be watching the same thing at once, I like that",
                "never watched something in sync with strangers", "I like that nobody has to press play",
                "cinema with strangers, in a way", "it's nice to know that others watch it too",
                "watching in sync sounds a bit magical to me", "I wonder if we'll laugh at the same spots",
                "a shared {film} is better than watching alone",
            ),
            reasons=("like a tiny cinema", "like old television", "makes it less lonely"),
            agrees=(
                "{yes}, like a small cinema", "agreed, I like that too", "true, only the popcorn's missing",
                "same, it feels less like homework", "{yes}, clever that they got that to work",
            ),
            contrasts=(
                "{hm} I'd rather watch at my own pace", "I'm not sure I'd notice the difference",
                "if it doesn't stutter, then {yes}", "I talk during films, so better apart {haha}",
            ),
        ),
    ),
)  # fmt: skip

_COMPARE = Topic(
    name="compare",
    theme="film",
    proposals=(
        "how about we compare notes afterwards?", "should we tell each other afterwards how we rated it?",
        "want to compare what we thought afterwards?", "let's talk about it afterwards if they let us",
        "shall we compare once it's over?",
    ),
    accepts=(
        "ok, good plan", "{yes}, good idea", "sure, I'd like that", "deal", "{yes}, let's do that",
        "ok, I'm curious already", "I'd like that", "sure, if there's time", "gladly",
        "{yes}, I always want to talk after a {film}",
    ),
    declines=(
        "not sure we get the chance, I think it goes straight on", "I'd rather keep mine to myself",
        "maybe not, it would make me rate differently", "I don't think there's time for that",
        "hm, I usually need a day to think about it",
    ),
    stances=(),
)  # fmt: skip

_QUIET = Topic(
    name="quiet",
    theme="film",
    proposals=(
        "shall we stay quiet until it's over?", "let's not type while it plays",
        "how about no comments until the {film}'s over?", "can we agree not to type during the {film}?",
        "phones away while it plays?",
    ),
    accepts=(
        "agreed", "fine by me", "{yes}, I can't do both anyway", "deal", "ok, quiet as a mouse",
        "sure, I want to concentrate", "good rule", "{yes} please", "of course", "ok, not a word",
        "sure, like in a library", "that's fair", "{yes}, I hate missing things", "ok, my phone's off already",
    ),
    declines=(
        "no promises, I comment on everything", "can't, I always talk to the screen",
        "I can try, but I'm terrible at sitting still", "I'd rather not promise, my phone's my clock",
        "{hm} I react out loud, can't help it",
    ),
    stances=(),
)  # fmt: skip


def _length(minutes: str) -> Topic:
    return Topic(
        name="length",
        theme="film",
        personal=False,
        questions=(
            "{do_you} know how long the {film} is?", "how long is the {film}, do {you} know?",
            "did it say how long the {film} takes?", "is it a long {film}?", "how long will we be watching?",
            "how much time does the {film} take?", "is the {film} more like two minutes or an hour?",
            "{did_you} see how long the {film} is?", "what's the length of the {film}, roughly?",
        ),
        stances=(
            Stance(
                answers=(
                    f"{minutes} I think", f"it said {minutes}", f"about {minutes}", f"{minutes} or so",
                    f"{minutes}, if I read that right", f"not sure, {minutes}?", f"{minutes}, plus some questions",
                    f"{minutes} altogether", f"short, {minutes}", f"{minutes}, that's what I read",
                    f"I think they said {minutes}", f"around {minutes}, plus loading", f"{minutes} if nothing stops",
                    f"should be {minutes}",
                ),
                reactions=(
                    "ok, that's fine", "ah good to know", "perfect, thanks", f"{minutes} is ok",
                    "alright, I'll get comfortable", "thanks, just enough for a tea", "good, thanks",
                ),
            ),
        ),
    )  # fmt: skip


_SLIDER = Topic(
    name="slider",
    theme="film",
    personal=False,
    questions=(
        "do we move the slider the whole time?", "did {you} get how the slider works?",
        "the slider's for while it plays, right?", "so there's a slider during the {film}?",
        "do we rate while we watch or after?",
    ),
    stances=(
        Stance(
            answers=(
                "I think you move it whenever the feeling changes", "while it plays, as far as I understood",
                "all the way through, I think", "as I read it, whenever something changes",
                "you just drag it along as you go", "the whole time, whatever you feel",
                "while watching, up if you're into it", "continuously, that's what the instructions said",
            ),
            reactions=(
                "ok, that makes sense", "ah, thanks", "got it", "I'll probably forget about it halfway",
                "alright, sounds doable", "good, same as I thought", "let's hope I can do two things at once",
            ),
        ),
        Stance(
            opinions=(
                "I'm never sure how to rate these things", "I always forget to move the slider",
                "I'll end up in the middle of the slider", "watching and rating at the same time isn't easy",
            ),
            reasons=("I get pulled into the story", "it changes so quickly", "my hand stops when I concentrate"),
            agrees=(
                "same, I'll forget it after a minute", "{yes}, I'm always near the middle",
                "true, it's hard to put a number on it", "agreed, it's a lot at once",
            ),
            contrasts=(
                "I think you get used to it", "{hm} I quite like it, keeps me awake",
                "it's fine if you don't think too much", "I find it easier than questions afterwards",
            ),
        ),
    ),
)  # fmt: skip

_CAMERA = Topic(
    name="camera",
    theme="study",
    questions=(
        "are {you} ready for the video call after this?", "is your camera working?",
        "are {you} ok with the camera part?", "{have_you} tested the camera?", "camera and sound ready?",
        "are {you} set for the call later?",
    ),
    stances=(
        Stance(
            answers=(
                "camera's fine, the light's terrible", "I think so, sound is another matter", "ready, I even tidied up",
                "I'm ok with it, just don't mind the mess", "tested it twice", "it worked this morning at least",
                "fine, my hair is not", "all good, headphones are charged", "works, but the picture's from 2005",
                "I'd rather type, but it's fine", "good to go, just no light in here", "{yes}, if the wifi holds",
                "I put a cardigan on for it", "should be, it asked for permission",
                "ready, my flatmate might walk through", "the sound crackles, otherwise fine",
            ),
            reactions=(
                "{haha} same", "nobody will look at the background", "it's only a short call anyway",
                "good, mine's a bit blurry", "same here more or less", "no worries, my room's worse",
                "don't worry about it",
            ),
        ),
        Stance(
            opinions=(
                "I always look tired on camera", "I'm not a fan of video calls", "I find calls harder than typing",
                "seeing my own face on screen is the worst",
            ),
            reasons=("all I see is my own face", "the delay drives me mad", "I never know where to look"),
            agrees=(
                "same, I look at myself the whole time", "{yes}, and then the sound drops", "I know what you mean",
                "{yes}, it's tiring",
            ),
            contrasts=(
                "I like it, you see who you're talking to", "{hm} for me it's nicer than typing",
                "I don't mind, it's more personal", "better than guessing what somebody means",
            ),
        ),
    ),
)  # fmt: skip

_INTRODUCTION = Topic(
    name="introduction",
    theme="study",
    early=True,
    questions=(
        "did the intro video work for {you}?", "{did_you} get the intro video without problems?",
        "was the intro clear to {you}?", "did the introduction load properly for {you}?",
        "did the intro run smoothly on your side?", "{did_you} follow all of the intro?",
    ),
    stances=(
        Stance(
            answers=(
                "fine here", "{yes}, no problem", "stuttered once, then it was ok",
                "{yes}, though I missed the first bit", "smooth on my side", "it took a moment, then fine",
                "{yes}, pretty clear", "mostly, the sound was low", "worked, but I had to turn it up",
                "{yes}, all clear so far",
            ),
            reactions=(
                "good, here too", "same on my end", "ok, then it's just my laptop", "great, then we know what to do",
                "{nice}, then we're all set", "good, I thought it was just me",
            ),
        ),
        Stance(
            opinions=(
                "the intro was clearer than I expected", "I liked that the intro was short",
                "the intro explained it well, I thought", "nice that they did the intro as a video",
            ),
            reasons=(
                "I was ready for ten pages of text", "I usually get lost in instructions", "I even know what to do now",
            ),
            agrees=(
                "{yes}, same for me", "agreed, short and simple", "true, better than reading", "{yes}, that helped",
                "same, I got it straight away",
            ),
            contrasts=(
                "{hm} I found it a bit long", "I'd have liked more detail", "for me it was ok, not more",
                "I got a bit lost to be honest", "I wasn't really listening {haha}",
            ),
        ),
        Stance(
            opinions=(
                "that intro told us less than I hoped", "I still don't know exactly what we'll do",
                "the intro went a bit fast for me", "I'm not sure I got everything in the intro",
            ),
            reasons=("but it was short at least", "a list would help", "I was still settling in"),
            agrees=(
                "{yes}, same for me", "same, I'll just follow the screen", "true, it was quick",
                "{yes}, I wanted to rewind",
            ),
            contrasts=(
                "I thought it was pretty clear", "{hm} for me it was enough",
                "I think it's simple really, talk and then watch", "it was fine for me, the rest comes on screen",
            ),
        ),
    ),
)  # fmt: skip


def film_ahead(setting: Setting) -> tuple[Topic, ...]:
    """The topics of a chat before the film."""
    topics = [_GUESS, _HOPE, _TASTE]
    film = setting.film
    if film is not None:
        topics += [_TOGETHER, _COMPARE, _QUIET, _length(spoken_time(film.duration_s))]
        topics += [_SLIDER] if film.continuous is not None else []
    return tuple(topics)


def before_call() -> Topic:
    """The topic of a chat with a video chat to come."""
    return _CAMERA


def after_introduction() -> Topic:
    """The topic of a chat after a video with instructions."""
    return _INTRODUCTION


def spoken_time(seconds: float) -> str:
    """A duration as somebody says it: `40 seconds`, `two minutes`, `an hour`."""
    if seconds < 55:
        return f"{max(5, round(seconds / 5) * 5)} seconds"
    minutes = round(seconds / 60)
    if minutes < 55:
        words = ("a minute", "two minutes", "three minutes", "four minutes", "five minutes", "six minutes")
        return words[minutes - 1] if minutes <= len(words) else f"{minutes} minutes"
    hours = round(minutes / 60)
    return "an hour" if hours == 1 else f"{hours} hours"
