"""The day, the place, the study: small talk about what brings people into the chat."""

from mockserver.simulation.talk.kinds import FollowUp, Stance, Topic, facts

__all__ = ["OCCASION"]

_DAY = Topic(
    name="day",
    theme="people",
    questions=(
        "how's the day been so far?", "how has today been?", "busy day?", "how's today treating {you}?",
        "good day so far?", "how's it been today?", "what have {you} been up to today?", "how was the day before this?",
        "what did {you} do before this?", "how did the day start for {you}?", "was it a good day up to now?",
        "anything nice happen today?", "how are {you} holding up today?", "is it a long day for {you}?",
    ),
    stances=(
        Stance(
            answers=(
                "long, had {fact} already", "ok, apart from {fact}", "tiring, {fact} took forever",
                "alright, just back from {fact}", "fine, {fact} first and now this",
                "busy, {fact} and then straight here", "not bad, I survived {fact}", "so-so, {fact} again",
                "still recovering from {fact}", "better now that {fact} is over", "hectic, I've still got {fact} later",
            ),
            reactions=(
                "ouch, {short}, hope it went ok", "{short}? poor you", "then this is a nice break, hopefully",
                "{oh}, I had {short} last week", "well done for showing up after {short}",
                "could be worse than {short}, trust me", "sounds like you need a coffee",
                "I still have {short} ahead of me", "at least {short} is a good excuse to sit down now",
            ),
            facts=facts(*(f"{what}|{what}" for what in (
                "two lectures", "an exam", "the dentist", "a shift", "a long meeting", "a driving lesson",
                "the school run", "a group project", "a bus that never came", "laundry", "a job interview",
                "a presentation", "a flat viewing", "physio", "a lab session", "a training run", "the tax office",
                "a deadline", "moving boxes", "band practice", "a night shift", "a broken boiler", "the big food shop",
                "a parents' evening", "a seminar", "three phone calls with the bank",
            ))),
        ),
        Stance(
            answers=(
                "quiet, {fact}", "slow in a good way, {fact}", "really nice, {fact}", "good, {fact}", "lazy, {fact}",
                "calm, {fact}", "pretty good, {fact}", "easy, {fact} so far", "can't complain, {fact}",
                "nothing much, {fact}", "better than yesterday, {fact}",
            ),
            reactions=(
                "jealous, I'd love {fact}", "{fact}, sounds perfect", "that's the way to do it",
                "I could use a day like that", "lucky you, mine was {instead}", "{nice}, {fact} is all one needs",
                "mine was more like {instead}, but ok",
            ),
            facts=tuple({"fact": what, "instead": instead} for what, instead in (
                ("tea and a book", "emails and noise"), ("a long breakfast", "toast on the bus"),
                ("a walk by the canal", "a walk to the bins"),
                ("a nap after lunch", "no lunch at all"), ("sun and a bench", "rain and a bus stop"),
                ("pancakes with my sister", "cold pizza alone"),
                ("a bike ride", "a flat tyre"), ("a slow morning", "a fire alarm at six"),
                ("music and some cleaning", "just the cleaning"),
                ("coffee with a friend", "coffee with my boss"),
                ("a swim before breakfast", "a cold shower, not by choice"),
                ("a whole day off", "two jobs in one"), ("gardening", "mowing in the rain"),
                ("a lie-in", "the neighbour's drill"),
                ("cake at work", "a meeting about cake"),
                ("some reading in the park", "some reading of terms and conditions"),
            )),
        ),
    ),
)  # fmt: skip

_DEVICE = Topic(
    name="device",
    theme="study",
    questions=(
        "what are {you} doing this on?", "are {you} on a laptop?", "where are {you} sitting?", "what's your setup?",
        "are {you} doing this from home?",
    ),
    stances=(
        Stance(
            answers=(
                "laptop, {fact}", "old laptop, {fact}", "{fact}, with a laptop and tea", "{fact}, door closed",
                "{fact}, headphones on", "{fact}, hoping nobody walks in", "{fact}, it works so far", "a laptop {fact}",
                "{fact}, phone on silent",
            ),
            reactions=(
                "{fact} sounds comfy", "{nice}, I'm at a desk", "similar here", "good choice",
                "hope the wifi reaches you there", "better than my place, it's noisy here",
                "I should have done that too", "sounds more relaxed than here",
            ),
            facts=tuple({"fact": place} for place in (
                "in the kitchen", "on the sofa", "in a study room", "at my desk", "in bed, not ashamed",
                "at the library", "on the balcony", "in an empty classroom", "at my parents' place",
                "in the spare room", "on the floor, don't ask", "at the dining table", "in a very small office",
                "by the window", "in the attic",
            )),
        ),
    ),
)  # fmt: skip

_STUDIES = Topic(
    name="studies",
    theme="study",
    early=True,
    questions=(
        "{have_you} done one of these before?", "{are_you} new to this?", "{have_you} been in a study like this?",
        "is this your first study?", "how many of these have {you} done?",
        "{have_you} taken part in something like this before?", "{do_you} do these often?",
        "{are_you} an old hand at studies?",
    ),
    stances=(
        Stance(
            answers=(
                "I did one with {fact} last {short_while}", "one before, with {fact}", "this is my {ordinal}, I think",
                "a few, mostly with {fact}", "one with {fact}, never with a chat",
                "last {short_while} there was one with {fact}", "my {ordinal}, the last had {fact}",
                "{some}, but never with other people", "only one, all about {fact}",
            ),
            reactions=(
                "{nice}, then you know how it goes", "ok, then I'll just copy you", "so you're the expert here {haha}",
                "{oh}, you can explain things to me then", "good, somebody who knows what's going on",
                "this is a nicer one, I hope", "ah, then nothing can surprise you",
            ),
            follow_ups=(
                FollowUp(
                    questions=(
                        "how was it?", "was it any good?", "and, was it like this?", "was it as long as this one?",
                        "did it take long?",
                    ),
                    answers=(
                        "shorter, but no company", "boring to be honest", "fine, quite a lot of clicking",
                        "this one's nicer so far", "ok, I nearly fell asleep though", "long, but they had biscuits",
                        "good, I even learned something", "strange, I never found out what it was about",
                        "quick, ten minutes and done",
                    ),
                ),
            ),
            facts=tuple({"fact": what} for what in (
                "pictures of faces", "word lists", "an eye tracker", "a memory game", "a driving simulator", "puzzles",
                "sad songs", "smells", "endless questionnaires", "reaction times", "optical illusions",
                "a trading game", "heart rate sensors", "made-up languages", "maps", "trivia questions", "a scanner",
                "counting dots",
            )),
        ),
        Stance(
            answers=(
                "first one for me", "this is my first", "totally new to it", "first time, hope I'm doing it right",
                "my very first", "first time, a friend told me about it", "first time, be gentle {haha}",
                "my first, I saw a flyer and signed up",
            ),
            reactions=(
                "you're doing fine", "welcome to the club", "it's easy, just read everything",
                "no worries, nothing scary so far", "they're usually quite relaxed", "you'll be fine",
                "we all start somewhere",
            ),
        ),
    ),
)  # fmt: skip

_REASON = Topic(
    name="reason",
    theme="study",
    questions=(
        "why did {you} sign up?", "what made {you} sign up for this?",
        "are {you} here for credits or out of curiosity?", "what brings {you} here?", "credits, money or curiosity?",
    ),
    stances=(
        Stance(
            answers=(
                "{fact}, to be honest", "{fact} mostly", "{fact}, what else", "{fact}, and it sounded fun",
                "mainly {fact}", "{fact}, plus I had an hour free", "I'd say {fact}",
            ),
            reactions=(
                "{fact}, fair enough", "at least you're honest {haha}", "good reason", "as good a reason as any",
                "can't argue with {fact}", "{haha} {fact}, I like it", "I could have said that",
            ),
            facts=tuple({"fact": why} for why in (
                "course credits", "the money", "curiosity", "a friend's advice", "boredom", "the flyer at the gym",
                "my tutor", "the voucher", "an advert on the bus", "my sister's research", "procrastination",
                "an email from the department", "the chance to avoid my essay", "helping science a bit",
                "a bet with my flatmate",
            )),
        ),
    ),
)  # fmt: skip

_CHATTING = Topic(
    name="chatting",
    theme="study",
    weight=2.0,
    early=True,
    stances=(
        Stance(
            opinions=(
                "it's a bit odd to chat with somebody you can't see", "I always find the first minute of these awkward",
                "typing with strangers is strange somehow", "I'm never sure what to write first",
                "funny not to know who's on the other end", "I'd never talk to strangers like this normally",
                "I feel like somebody's reading all of this",
            ),
            reasons=(
                "I keep deleting what I write", "you can't see if it made somebody smile", "I miss the faces",
                "I overthink every word",
            ),
            agrees=(
                "same, I keep rewriting my messages", "{yes}, I never know where to look",
                "totally, and then the messages cross", "{yes}, it's like a first day at school",
                "glad it's not just me", "I thought the same just now", "so true, it's a weird feeling",
            ),
            contrasts=(
                "I quite like it, less pressure than a call", "{hm} I find it easier than talking",
                "for me it's relaxing, you can think first", "I'm fine with it, I write all day anyway",
                "I prefer it, nobody sees my hair {haha}",
            ),
        ),
        Stance(
            opinions=(
                "I like that we can talk first", "this is nicer than just clicking through pages",
                "good that they let us chat a bit", "it's nice not to do this on my own",
                "I didn't expect company in this, I like it",
            ),
            reasons=("otherwise I'd be half asleep", "it makes the time go faster", "makes it feel less like a test"),
            agrees=(
                "{yes}, breaks the ice", "agreed, much better than a questionnaire", "same, more fun with company",
                "true, it's a good start", "{yes}, less lonely",
            ),
            contrasts=(
                "I'm a bit shy, so I'm not sure", "{hm} I'd have been fine without", "I'd rather get started, but ok",
                "depends, I'm not great at small talk",
            ),
        ),
    ),
)  # fmt: skip

_TIMER = Topic(
    name="timer",
    theme="study",
    stances=(
        Stance(
            opinions=(
                "{chat_time} isn't long for this", "{chat_time} is really short", "the timer makes me nervous",
                "I can't type fast enough for {chat_time}", "{chat_time} and I'm already running out of time",
            ),
            reasons=("I type with two fingers", "I'm a slow reader", "my keyboard's missing a key"),
            agrees=(
                "{yes}, you've hardly said hello", "same, I type too slowly", "true, it flies",
                "agreed, just when it gets going",
            ),
            contrasts=(
                "I don't mind, short is good", "{hm} I think it's plenty for hello",
                "for me it's ok, I've got things to do after", "could be worse, imagine an hour",
            ),
        ),
    ),
)  # fmt: skip

OCCASION = (_DAY, _DEVICE, _STUDIES, _REASON, _CHATTING, _TIMER)
