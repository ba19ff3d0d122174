"""What somebody likes or would like: small talk, too."""

from mockserver.simulation.talk.kinds import FollowUp, Stance, Topic

__all__ = ["FOOD", "MUSIC", "TASTES", "TRAVEL"]

FOOD = Topic(
    name="food",
    theme="people",
    questions=(
        "what could {you} eat every day?", "what do {you} cook best?", "what do {you} cook when you're tired?",
        "favourite food?", "what's your go-to dinner?", "if you had to live on one dish, which one?",
        "any signature dish?", "what would {you} cook for ten people?", "what's your comfort food?",
        "which dish reminds {you} of home?", "what's for dinner in a perfect world?",
        "which recipe do {you} know by heart?", "what can you eat at any hour?",
    ),
    stances=(
        Stance(
            answers=(
                "{fact}, every time", "{fact}, no competition", "probably {fact}", "{fact}, but only my gran's recipe",
                "{fact} with far too much cheese", "I live on {fact} already", "{fact}, I could do it blindfolded",
                "right now I'd say {fact}", "{fact}, I learned it last {short_while}", "{fact}, and no, I don't share",
                "easy, {fact}",
            ),
            reactions=(
                "now I'm hungry", "{fact}, yes please", "I burn {fact} every time", "{nice}, can I come over",
                "I haven't had {fact} in years", "{fact} is an excellent answer", "my mum makes great {fact}",
                "ok, dinner's decided, {fact}", "never tried to make {fact} myself",
            ),
            follow_ups=(
                FollowUp(
                    questions=(
                        "what's the secret?", "any tricks?", "what makes it good?", "what do you do differently?",
                    ),
                    answers=(
                        "butter, always butter", "time, mostly", "more garlic than you'd think",
                        "I just follow the packet {haha}", "my aunt's recipe", "a pinch of sugar", "honestly, salt",
                        "I watched a video once and never looked back",
                    ),
                ),
            ),
            facts=tuple({"fact": dish} for dish in (
                "lasagne", "dumplings", "tomato soup", "mushroom risotto", "fried rice", "pancakes", "lentil curry",
                "fish pie", "shakshuka", "ramen", "potato salad", "pierogi", "tacos", "carbonara", "goulash",
                "pad thai", "beans on toast", "stuffed peppers", "paella", "apple crumble", "noodle soup", "chilli",
                "spinach pie", "roast vegetables",
            )),
        ),
    ),
)  # fmt: skip

TRAVEL = Topic(
    name="travel",
    theme="people",
    questions=(
        "where would {you} go if you could leave tomorrow?", "best trip {you} ever made?",
        "where do {you} want to travel next?", "any place {you} dream of?", "which place did {you} like best so far?",
        "where would you send somebody for a weekend?", "if money didn't matter, where to?",
        "which country is on top of your list?", "which place do {you} dream about?",
        "where would {you} spend a month if you could?", "where did {you} go last that was worth it?",
        "which trip would {you} do again?", "somewhere {you} would move to?", "what's a place one should see?",
    ),
    stances=(
        Stance(
            answers=(
                "{fact}, no doubt", "{fact}, with a big rucksack", "I'd say {fact}", "{fact}, for the food alone",
                "{fact}, I've got pictures on my wall already", "{fact}, before I'm too old for hostels",
                "probably {fact}", "{fact}, in spring", "{fact}, and not just for a weekend", "hm, {fact}",
                "{fact}, my best friend moved there",
            ),
            reactions=(
                "{fact}, {nice}", "I was in {fact} once, it rained", "{fact} is on my list too", "take me with you",
                "{oh}, {fact} must be beautiful", "somebody told me {fact} is best in autumn",
                "I've only ever seen {fact} in books", "good choice, {fact} never gets boring",
            ),
            facts=tuple({"fact": place} for place in (
                "Iceland", "Japan", "Portugal", "Norway", "Vietnam", "Scotland", "Peru", "Slovenia", "Georgia",
                "New Zealand", "Greece", "Canada", "Morocco", "Sicily", "the Faroe Islands", "Corsica", "Chile",
                "Estonia", "Madeira", "Namibia", "the Azores", "Albania", "Taiwan", "Mexico",
            )),
        ),
    ),
)  # fmt: skip

MUSIC = Topic(
    name="listening",
    theme="people",
    questions=(
        "what do {you} listen to?", "what's on your headphones at the moment?", "what would {you} put on at a party?",
        "what kind of songs do {you} like?", "what can {you} listen to all day?",
        "which songs are {you} stuck on right now?", "what was on last when you had music on?",
        "what music do {you} work to?", "what did {you} grow up listening to?", "what kind of music do {you} like?",
        "what music makes {you} dance?", "what do {you} put on in the morning?",
    ),
    stances=(
        Stance(
            answers=(
                "a lot of {fact}", "{fact}, mostly", "{fact}, since I was sixteen", "{fact} at the moment",
                "{fact}, sorry not sorry", "{fact}, and everything else a bit", "depends, today {fact}",
                "{fact} when I work", "embarrassing, but {fact}", "my flatmate got me into {fact}", "{fact}, loud",
            ),
            reactions=(
                "{fact}, {nice}", "I never know where to start with {fact}", "{fact} keeps me awake on long drives",
                "same, can't work without {fact}", "not my thing, but I respect {fact}",
                "{oh}, send me a good {fact} song some day", "my brother plays {fact}", "good taste",
            ),
            facts=tuple({"fact": kind} for kind in (
                "folk", "old soul", "nineties pop", "metal", "piano stuff", "hip hop", "disco", "punk", "bossa nova",
                "country", "techno", "choir music", "swing", "reggae", "indie rock", "string quartets", "blues",
                "synth pop", "fado", "funk",
            )),
        ),
    ),
)  # fmt: skip

_READING = Topic(
    name="reading",
    theme="people",
    questions=(
        "what are {you} reading at the moment?", "{are_you} reading anything good?", "any book tips?",
        "what's on your bedside table?", "what was the last book {you} finished?", "which book would {you} lend me?",
        "what did {you} read last?", "which book have {you} got open?", "reading anything these days?",
        "what's the book on your table right now?", "what kind of thing do {you} read?",
        "which book are {you} pretending to read?",
    ),
    stances=(
        Stance(
            answers=(
                "{fact}, very slowly", "{fact}, I'm halfway", "just finished {fact}", "{fact}, a present from my aunt",
                "I've got {fact} on the go", "{fact}, on the train mostly", "started {fact} last {short_while}",
                "{fact}, and I can't put it down", "{fact}, if that counts", "{fact}, my book club's choice",
            ),
            reactions=(
                "sounds better than mine", "{fact}, I'd read that", "I haven't finished a book since {since}",
                "{nice}, I need something new", "I only read on holidays", "I'd fall asleep with {fact}",
                "ok, {fact} goes on my list", "I keep buying books and never open them",
            ),
            facts=tuple({"fact": book, "since": when} for book, when in (
                ("a book about mushrooms", "last year"), ("a thick Russian novel", "last summer"),
                ("a crime series", "school"), ("a book on sleep", "last winter"),
                ("a graphic novel", "my last holiday"), ("letters of a polar explorer", "spring"),
                ("a family saga", "Christmas"), ("a cookbook, really", "my birthday"),
                ("short stories", "the autumn"), ("a biography of a cyclist", "last May"), ("a ghost story", "January"),
                ("a history of salt", "the holidays"),
                ("some science fiction", "last term"), ("a book about octopuses", "my flight in March"),
            )),
        ),
    ),
)  # fmt: skip

_WISH = Topic(
    name="wish",
    theme="people",
    questions=(
        "what would {you} learn if you had a free year?", "what's something {you} always wanted to learn?",
        "which skill would {you} like to wake up with?", "what would {you} do with a year off?",
        "if you could be good at one thing overnight, what?", "anything {you} want to try this year?",
        "what have {you} been meaning to learn?", "which course would {you} sign up for tomorrow?",
        "what would {you} study just for fun?", "what's on your someday list?",
        "what would {you} pick up if you had the time?", "one thing {you} wish you could do?",
    ),
    stances=(
        Stance(
            answers=(
                "{fact}, I think", "I'd love to try {fact}", "{fact}, properly this time", "definitely {fact}",
                "{fact}, I keep putting it off", "{fact}, my friends would laugh", "maybe {fact}",
                "{fact}, no idea why", "I always say {fact}", "{fact}, I even bought a book about it",
            ),
            reactions=(
                "{fact}, {nice}", "you should just start", "I tried {fact}, it's harder than it looks",
                "{oh}, {fact} would suit you, I bet", "go for it {haha}", "{fact}, I'd join",
                "I know somebody who started {fact} at sixty", "better than my idea",
            ),
            facts=tuple({"fact": what} for what in (
                "sailing", "sign language", "welding", "the cello", "Japanese", "surfing", "carpentry",
                "flying a small plane", "calligraphy", "tap dancing", "horse riding", "brewing beer", "diving",
                "magic tricks", "singing properly", "fencing", "making cheese", "beatboxing", "astronomy",
                "stand-up comedy",
            )),
        ),
    ),
)  # fmt: skip

TASTES = (FOOD, TRAVEL, MUSIC, _READING, _WISH)
