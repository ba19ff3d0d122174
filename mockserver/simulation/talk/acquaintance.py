"""Who somebody is: what people who have never met ask each other. No film in here."""

from mockserver.simulation.talk.kinds import FollowUp, Stance, Topic, facts

__all__ = ["ACQUAINTANCE", "HOBBY", "PLACE"]

_HOW_LONG = FollowUp(
    questions=(
        "how long have you been doing that?", "have you been at it for long?", "since when?",
        "is that new or for years already?", "how long already?", "how many years is that now?",
    ),
    answers=(
        "about {some} years", "only since last {short_while}", "for ages, I lost count", "coming up to {some} years",
        "long enough {haha}", "not that long, since last {short_while}", "just over a year",
        "on and off for {some} years", "honestly I only just started",
    ),
)  # fmt: skip

_HOW_COME = FollowUp(
    questions=(
        "how did you get into {short}?", "how did that come about?", "what got you into {short}?",
        "why {short}, if I may ask?", "how does one end up with {short}?", "what made you pick {short}?",
    ),
    answers=(
        "by accident really", "a friend dragged me along", "runs in the family", "my mum did it too",
        "I saw a poster and signed up", "no idea, it just happened", "my flatmate talked me into it",
        "I was looking for something with people", "honestly I was bored", "my brother started it and I copied him",
        "I needed a change", "it was either that or nothing {haha}", "a teacher at school got me hooked",
    ),
)  # fmt: skip

_LIKE_IT = FollowUp(
    questions=(
        "do you like it?", "are you happy with it?", "and do you enjoy it?", "is it fun?", "would you pick it again?",
        "is it what you expected?", "still enjoying it?", "and is it any good?",
    ),
    answers=(
        "mostly, {yes}", "I do, apart from the early mornings", "on good days", "more than I thought I would",
        "it has its moments", "{yes}, I wouldn't swap", "it's fine, the people are nice", "depends on the week {haha}",
        "so far so good", "it grew on me", "I do, it's a lot though", "most of the time, less so on Mondays",
    ),
)  # fmt: skip

_WORK = Topic(
    name="work",
    theme="people",
    questions=(
        "what do {you} do?", "what do {you} do when you're not in a study?", "do {you} study or work?",
        "what keeps {you} busy during the week?", "are {you} studying or working?", "what do {you} study, if you do?",
        "what do {you} do with your days?", "so are {you} at uni, or working?", "what are {you} up to in real life?",
        "and what do {you} do otherwise?", "what do {you} do for a living?", "what's your field, if you have one?",
        "what fills your weekdays?", "which subject or job are {you} in?", "where do {you} work or study?",
    ),
    stances=(
        Stance(
            answers=(
                "I {fact}", "I {fact} at the moment", "I {fact}, for now at least", "I {fact}, mostly",
                "I {fact}, since last {short_while}", "at the moment I {fact}", "I {fact}, nothing special",
                "me? I {fact}", "these days I {fact}", "I {fact} and I like it", "I {fact}, it pays the rent",
                "I {fact} four days a week", "well, I {fact}", "I {fact}, still fairly new to it",
            ),
            reactions=(
                "{oh}, {short}, that sounds {fun}", "{nice}, my sister does {short} too", "I almost went into {short}",
                "{short} must keep you busy", "{nice}, I know nothing about {short}",
                "a friend of mine does {short}, always tired", "{short}, {nice}",
                "{oh}, I wouldn't have the patience for {short}", "respect, {short} isn't easy",
                "{short}? I've always wondered what that's like",
            ),
            follow_ups=(_HOW_LONG, _HOW_COME, _LIKE_IT),
            facts=facts(
                "study law|law", "work in a bakery|baking", "study biology|biology", "teach maths|teaching",
                "study economics|economics", "am training to be a nurse|nursing", "study architecture|architecture",
                "do admin for a dentist|admin", "study history|history", "work in a bike shop|bike repair",
                "study linguistics|linguistics", "write software|programming", "study chemistry|chemistry",
                "drive a delivery van|deliveries", "study philosophy|philosophy", "work at a nursery|childcare",
                "study geography|geography", "wait tables|waiting tables", "study medicine|medicine",
                "do the books for a charity|accounting", "study sociology|sociology", "work in a library|library work",
                "study graphic design|graphic design", "sell phones|sales", "study physics|physics",
                "study journalism|journalism", "fix boilers|plumbing", "study art history|art history",
                "work in a lab|lab work", "study pharmacy|pharmacy", "answer phones for the council|call centre work",
                "study political science|politics", "cut hair|hairdressing",
                "study environmental science|environmental science", "translate manuals|translating",
                "study sports science|sports science", "work in a garden centre|gardening",
                "study statistics|statistics", "study music|music", "plan bus routes|transport planning",
                "study engineering|engineering", "run a small cafe|running a cafe",
                "study urban planning|urban planning", "work nights in a warehouse|night shifts",
                "study veterinary science|veterinary science", "paint houses|decorating",
            ),
        ),
    ),
)  # fmt: skip

PLACE = Topic(
    name="place",
    theme="people",
    questions=(
        "where are {you} from?", "where in the world are {you}?", "are {you} from around here?",
        "where did {you} grow up?", "where are {you} based?", "which town are {you} from?", "where's home for {you}?",
        "where do {you} live?", "what's the place called where you grew up?", "how far away do {you} live?",
        "where did you grow up, if that's ok to ask?", "where are {you} writing from?",
        "which part of the map are {you} on?", "city people or village people?",
    ),
    stances=(
        Stance(
            answers=(
                "I'm from {fact}", "{fact} originally", "a small place near {fact}", "{fact}, born and raised",
                "just outside {fact}", "{fact}, though I've moved around", "grew up near {fact}",
                "from {fact}, moved here last {short_while}", "{fact}, and I never left", "my family's in {fact}",
                "half an hour from {fact}", "between {fact} and nowhere {haha}", "{fact} these days", "I'm in {fact}",
            ),
            reactions=(
                "{nice}, I've been to {short} once", "never been to {short}, it's on my list",
                "{oh}, my aunt lives near {short}", "I changed trains in {short} once {haha}",
                "{short} is lovely, apart from the rain", "{nice}, I've heard good things about {short}",
                "{short}, {nice}", "I had a great weekend in {short} years ago",
                "I know {short} only from the weather map", "somebody in my course is from {short} as well",
            ),
            follow_ups=(
                FollowUp(
                    questions=(
                        "what's {short} like?", "do you like it in {short}?", "is {short} a good place to live?",
                        "is there much to do in {short}?", "would you recommend {short}?", "how's life in {short}?",
                    ),
                    answers=(
                        "quiet, but I like it", "small, you know every face",
                        "{nice} in summer, grey the rest of the year", "expensive, but pretty",
                        "I miss the sea, otherwise fine", "good food, bad buses", "it's alright once you know people",
                        "a bit sleepy, good parks though", "busy, loud, I love it", "better than its reputation",
                        "hilly, so I'm fit at least", "full of students, so never boring",
                    ),
                ),
            ),
            facts=facts(*(f"{city}|{city}" for city in (
                "Leeds", "Utrecht", "Porto", "Cork", "Ghent", "Lyon", "Turin", "Malmo", "Bergen", "Graz", "Krakow",
                "Bristol", "Galway", "Dresden", "Seville", "Aarhus", "Tartu", "Brno", "Cardiff", "Nantes", "Bologna",
                "Leiden", "York", "Bremen", "Valencia", "Turku", "Riga", "Ljubljana", "Exeter", "Dundee", "Lille",
                "Coimbra", "Uppsala", "Basel", "Sheffield", "Antwerp", "Trieste", "Odense", "Split", "Norwich",
                "Groningen", "Girona", "Freiburg", "Limerick",
            ))),
        ),
    ),
)  # fmt: skip

HOBBY = Topic(
    name="hobby",
    theme="people",
    questions=(
        "what do {you} do for fun?", "any hobbies?", "what do {you} do on a free day?",
        "how do {you} spend your weekends?", "what do {you} do to switch off?",
        "do {you} have a hobby that takes over everything?", "what would {you} be doing right now otherwise?",
        "anything {you} do outside of work or uni?", "what do {you} do when nobody needs you?",
        "what's your favourite way to waste time?", "what do {you} look forward to after work?",
        "which hobby would {you} never give up?", "what do {you} do on a rainy Sunday?", "any sports or hobbies?",
    ),
    stances=(
        Stance(
            answers=(
                "I {fact} when there's time", "I {fact}, badly", "mostly I {fact}", "I {fact} a lot",
                "I {fact}, and I sleep {haha}", "I {fact} if the weather's ok", "I {fact} with some friends",
                "since last {short_while} I {fact}", "I {fact} on Sundays", "honestly? I {fact}",
                "I {fact}, that's about it", "I {fact} most weekends", "I used to do nothing, now I {fact}",
            ),
            reactions=(
                "{short}, {nice}", "{oh}, {short}, I tried that once", "I'd love to get better at {short}",
                "{short} is so relaxing", "never understood {short}, to be honest",
                "{nice}, my neighbour's mad about {short}", "ok {short} is much cooler than what I do",
                "{short} sounds {fun}", "I keep saying I'll start with {short}", "my dad's into {short} too",
                "{short}, that takes patience",
            ),
            follow_ups=(_HOW_LONG, _HOW_COME),
            facts=facts(
                "go climbing|climbing", "bake bread|baking", "play five-a-side|football", "knit|knitting",
                "grow tomatoes|gardening", "play the ukulele|the ukulele", "run|running", "do crosswords|crosswords",
                "swim in the lake|lake swimming", "build model trains|model trains", "sing in a choir|choir",
                "go birdwatching|birdwatching", "play chess online|chess", "repair old radios|fixing radios",
                "dance salsa|salsa", "collect stamps|stamps", "play board games|board games",
                "go for long walks|walking", "draw comics|drawing", "cook for too many people|cooking", "skate|skating",
                "play badminton|badminton", "do pottery|pottery", "learn Korean|learning Korean", "row|rowing",
                "take photos of doors|photography", "do yoga|yoga", "play the drums|drumming",
                "sew my own clothes|sewing", "go to pub quizzes|pub quizzes", "cycle|cycling",
                "read crime novels|crime novels", "do jigsaw puzzles|jigsaws", "play table tennis|table tennis",
                "keep bees|beekeeping", "go bouldering|bouldering", "write bad poems|poetry",
                "restore furniture|restoring furniture", "play video games|gaming", "go fishing|fishing",
            ),
        ),
    ),
)  # fmt: skip

_PETS = Topic(
    name="pets",
    theme="people",
    questions=(
        "{do_you} have any pets?", "any pets around?", "{do_you} have a cat or a dog?",
        "is there a pet in the room with {you}?", "{have_you} got any animals at home?", "pets, yes or no?",
        "is there a pet at your place?", "any furry flatmates?", "are {you} pet people?",
        "any animals I should say hello to?", "{do_you} share the sofa with an animal?",
    ),
    stances=(
        Stance(
            answers=(
                "{fact}, asleep next to me", "I've got {fact}", "{yes}, {fact}", "{fact}, and it runs the house",
                "just {fact}", "{fact}, at my parents' place", "{fact}, probably about to walk over the keyboard",
                "we have {fact}",
            ),
            reactions=(
                "aww, {short}", "now I want {short} too", "{nice}, I'd swap with you", "I grew up with {short}",
                "lucky, my landlord would never allow {short}", "{oh}, {short} is the best company",
                "say hi to it from me", "{short}, so you're never alone", "my parents never let me have {short}",
                "{short} would do me good too", "I bet it's spoilt", "give it a treat from me",
                "that's the best part of any flat, {short}",
            ),
            follow_ups=(
                FollowUp(
                    questions=(
                        "what's its name?", "does it have a name?", "and the name?", "what did you call it?",
                        "what's it called?", "let me guess, it has a human name?", "does it listen to its name?",
                        "who picked the name, and what is it?",
                    ),
                    answers=(
                        "{pet_name}, don't ask why", "{pet_name}", "it's called {pet_name}",
                        "{pet_name}, my brother chose it", "{pet_name} on paper, but it listens to nothing",
                    ),
                ),
            ),
            facts=facts(
                "an old cat|a cat", "a puppy|a dog", "a rabbit|a rabbit", "a very lazy cat|a cat", "a greyhound|a dog",
                "a tortoise|a tortoise", "a parrot that swears|a parrot", "a hamster|a hamster", "a sheepdog|a dog",
                "a gecko|a gecko", "a guinea pig|a guinea pig", "a rescue dog|a dog", "a one-eyed cat|a cat",
                "a budgie|a budgie", "a pony|a pony", "a terrier|a dog",
            ),
        ),
        Stance(
            answers=(
                "{no}, {fact}", "no pets, {fact}", "none, {fact}", "not at the moment, {fact}", "sadly not, {fact}",
                "I wish, but {fact}", "not yet, {fact}", "{no}, but I'd like one, {fact}",
            ),
            reactions=(
                "ah, shame", "plants are easier anyway", "same situation here", "one day, hopefully",
                "less hair on the sofa at least", "there's still time", "fair, they're a lot of work",
                "you can borrow one from the neighbours", "I know that problem", "at least nobody wakes you at five",
                "saves a lot of money", "{oh}, hopefully later then", "more room on the bed at least",
            ),
            facts=tuple({"fact": why} for why in (
                "I'm allergic", "my landlord won't have it", "I'm never home", "I've got two flatmates instead",
                "the flat's too small", "I travel too much", "I feed the neighbour's cat now and then",
                "my plants are enough work", "my partner's scared of dogs", "I only just moved in",
                "the goldfish didn't make it", "I can hardly look after myself", "we can't agree on cat or dog",
                "it wouldn't be fair, I work late",
            )),
        ),
    ),
)  # fmt: skip

_FAMILY = Topic(
    name="siblings",
    theme="people",
    questions=(
        "do {you} have brothers or sisters?", "any siblings?", "big family or small family?", "how big is your family?",
        "how many siblings have {you} got?", "did {you} grow up with siblings?", "is it a big family on your side?",
        "any brothers or sisters at your place?", "crowded house or quiet house as a kid?",
        "who did {you} fight with as a kid?",
    ),
    stances=(
        Stance(
            answers=(
                "{fact}", "{fact}, we talk every week", "{fact}, I'm the quiet one", "{fact}, and I'm the youngest",
                "{fact}, all louder than me", "{fact}, it was never boring", "{fact}, they all moved away",
                "{fact}, I'm in the middle",
            ),
            reactions=(
                "{fact}, that must have been loud", "{nice}, I always wanted a big family",
                "somebody always hogs the bathroom", "I can hear the arguments from here {haha}",
                "{oh}, then you know how to share", "my mum's one of six, it's chaos",
            ),
            facts=tuple({"fact": who} for who in (
                "two brothers", "three sisters", "a brother and a sister", "four brothers", "two sisters",
                "twin sisters", "two half-brothers", "five cousins next door", "two brothers and a sister",
                "two stepsisters", "an older brother", "a little sister", "a much older sister",
                "one brother in Canada", "three brothers", "a sister and a stepbrother", "twin brothers",
                "two little brothers", "four sisters", "a brother who still lives at home", "one very bossy sister",
            )),
        ),
        Stance(
            answers=(
                "only child, {fact}", "none, {fact}", "no siblings, {fact}", "just me, {fact}",
                "small family, only me, {fact}", "it was only me, {fact}",
            ),
            reactions=(
                "I sometimes wished for that", "then you had all the toys", "peace and quiet, I'm jealous",
                "cousins are better anyway", "must have been calm", "no fights about the front seat at least",
                "all the cake for you then", "that has its good sides", "I'd have loved my own room",
            ),
            facts=tuple({"fact": what} for what in (
                "and a dog", "and lots of cousins", "so I talk to strangers", "I never had to share",
                "my parents had their hands full", "and a very patient gran", "and an imaginary friend",
                "the neighbours' kids were like family", "I got good at card games for one",
                "and a house full of books",
            )),
        ),
    ),
)  # fmt: skip

_LANGUAGES = Topic(
    name="languages",
    theme="people",
    questions=(
        "what languages do {you} speak?", "is English your first language?", "which languages do {you} speak at home?",
        "{do_you} speak another language?", "what do {you} speak besides English?", "which language do {you} dream in?",
        "how many languages are {you} at?", "what did they teach {you} at school, language-wise?",
        "is it English only for {you}?", "what's the second language for {you}?",
    ),
    stances=(
        Stance(
            answers=(
                "{fact} at home, English with friends", "English and {fact}", "{fact}, and English since school",
                "a bit of {fact}", "English, plus rusty {fact}", "{fact} first, then English",
                "my gran spoke {fact} with me",
            ),
            reactions=(
                "{fact}, {nice}", "I'd love to learn {fact}", "I only know how to order food in {fact}",
                "{fact} always sounds so nice", "I had {fact} at school and forgot all of it",
            ),
            facts=tuple({"fact": language} for language in (
                "Polish", "Dutch", "Portuguese", "Irish", "Italian", "Swedish", "Turkish", "German", "Czech", "Spanish",
                "Danish", "Greek", "Hungarian", "Finnish", "Welsh", "Catalan", "Croatian", "French", "Hindi", "Arabic",
            )),
        ),
    ),
)  # fmt: skip

_SURPRISE = Topic(
    name="surprise",
    theme="people",
    proposals=(
        "shall we each say one surprising thing about ourselves?",
        "let's each say something nobody would guess about us", "how about one odd fact each?",
        "shall we do one fun fact each?", "should we go round, one fact per person?",
        "want to swap one strange fact each?", "ok, one weird fact each?",
        "let's tell each other something odd about ourselves", "how about something that isn't on our CVs?",
        "shall we skip the small talk, one odd fact each?", "want to each share something nobody here could know?",
        "let's do one true but unlikely thing each", "game idea: each says one unlikely true thing",
        "tell me something odd about yourself and I'll do the same", "one surprising fact each, what do {you} say?",
        "shall we try odd facts about ourselves?", "let's swap facts nobody asked for",
        "odd facts about ourselves, shall we?", "let's each say something surprising, it breaks the ice",
    ),
    accepts=(
        "sure, why not", "ok, give me a second to think", "fine, but you start", "good idea", "{yes}, let's do it",
        "ok, I'm in", "alright, I've got one", "{haha} ok", "go on then", "that's better than small talk",
        "sure, as long as nobody laughs", "ok, but don't judge me", "{yes}, I love those",
        "why not, I've got nothing to lose", "fun, let's", "sure, better than the weather",
        "alright, mine's not that strange though", "ok, I need to think of one",
    ),
    declines=(
        "can we not, I never know what to say to that", "no please, I'm so boring",
        "I'd rather not, I always blank on those", "maybe later, I'm still waking up",
        "{no}, I had to do one of those this week", "rather just chat, those make me nervous",
        "not enough time for that, I think", "I'll pass, mine are all embarrassing",
    ),
    stances=(
        Stance(
            answers=(
                "ok: I {fact}", "mine: I {fact}", "I {fact}, true story", "well, I {fact}", "I {fact}, ask my mum",
                "so, I {fact}", "here goes, I {fact}", "I {fact}, not sure that counts",
                "people never believe it but I {fact}", "fine, I {fact}",
            ),
            reactions=(
                "wait, {short}? {haha}", "{short}, ok, that's a good one", "you win, nothing beats {short}",
                "I did not expect {short}", "{haha} {short}", "{short}! now I have questions",
                "never met somebody with {short} before", "ok wow, {short}",
            ),
            facts=facts(
                "can juggle five oranges|juggling", "was born on a ferry|a ferry baby",
                "have never eaten a banana|no bananas ever", "won a pie contest|a pie contest",
                "have six sisters|six sisters", "once got lost in an airport for a day|a whole day lost",
                "can wiggle both ears|ear wiggling", "met my best friend in a lift|friends from a lift",
                "speak a bit of Welsh|Welsh", "broke the same toe three times|the same toe three times",
                "was an extra in an advert|an advert", "have a twin|a twin",
                "can whistle with two fingers|proper whistling", "once sold ice cream in winter|ice cream in winter",
                "know all the flags|all the flags", "lived on a houseboat|a houseboat",
                "have never had a coffee|zero coffee", "can solve a cube in a minute|cube solving",
                "was locked in a museum once|locked in a museum", "own forty mugs|forty mugs",
                "can say the alphabet backwards|the alphabet backwards", "once caught a runaway horse|a runaway horse",
                "sleepwalk|sleepwalking", "play the bagpipes|the bagpipes",
                "sewed my own prom dress|a home-made prom dress", "have been struck by a falling cake|a falling cake",
            ),
        ),
    ),
)  # fmt: skip

ACQUAINTANCE = (_WORK, PLACE, HOBBY, _PETS, _FAMILY, _LANGUAGES, _SURPRISE)
