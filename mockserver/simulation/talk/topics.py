"""Which topics a chat can be about, and what its task adds to them."""

from mockserver.simulation.talk.film_ahead import after_introduction, before_call, film_ahead
from mockserver.simulation.talk.film_seen import film_seen
from mockserver.simulation.talk.kinds import Stance, Topic
from mockserver.simulation.talk.setting import Phase, Setting
from mockserver.simulation.talk.small_talk import SMALL_TALK

__all__ = ["topics_of"]

_PLAIN_TASKS = (
    "just chat until the timer runs out, I think", "only talk a bit, I think", "nothing special, just talk",
    "I think we just talk until it goes on", "no more than this, as far as I know",
    "talk, I think, there's nothing else on my page", "just chat, it goes on by itself",
)  # fmt: skip
_QUOTED_TASKS = (
    "it says: {task}", "top of the page: {task}", "here it says {task}", "{task}, that's what mine says",
    "on my screen: {task}", "the page says {task}",
)  # fmt: skip

_PROCEDURE = Topic(
    name="procedure",
    theme="decide",
    weight=2.0,
    proposals=(
        "shall we each say what we'd pick, and why?", "let's go round once and then decide",
        "how about we each name our first choice?", "want to each give one argument before we settle?",
        "let's hear a first choice from {each_of_us}", "shall we start with what we'd each choose?",
    ),
    accepts=(
        "ok, sounds fair", "{yes}, good way to start", "agreed", "sure, go ahead", "fine by me",
        "good plan, we'll get there quicker",
    ),
    declines=(
        "I'd rather talk it through first, otherwise we only count votes", "hm, I don't have a first choice yet",
        "that takes too long, let's see what we have in common", "not yet, I want to hear the reasons first",
        "I'm not sure, then we just defend our own",
    ),
    stances=(
        Stance(
            answers=(
                "I'd keep it simple", "I lean towards the safe option", "I'd go for what most people would choose",
                "I'm torn, give me one more minute", "my gut says the first one", "I'd take the fairest one",
                "I have a favourite but I can be talked out of it", "I could live with most of it",
            ),
            reactions=(
                "ok, I see that", "fair point", "that helps", "good, then we're not far apart", "alright, noted",
                "makes sense to me",
            ),
        ),
    ),
)  # fmt: skip

_LEANING = Topic(
    name="leaning",
    theme="decide",
    questions=(
        "which way do {you} lean?", "where do {you} stand on it?", "what matters most to {you} here?",
        "what would {you} go for?", "how would {you} decide?", "is there anything {you} would rule out?",
        "what's your first instinct?",
    ),
    stances=(
        Stance(
            answers=(
                "whatever helps most people", "I'd look at what lasts", "the one we can all live with",
                "I'd rule out the risky ones", "I want to be able to explain it afterwards",
                "I'd weigh the costs first", "the one with the least regret", "I'd pick what I'd pick for a friend",
                "honestly, the simplest one",
            ),
            agrees=(
                "same, that's what counts", "{yes}, I'd go along with that", "agreed, good criterion", "I'd sign that",
                "true, that makes it easier",
            ),
            contrasts=(
                "{hm} I'd weigh it differently", "I'd put something else first", "not sure that's enough of a reason",
                "I see it a bit differently to be honest",
            ),
        ),
    ),
)  # fmt: skip

_CRITERIA = Topic(
    name="criteria",
    theme="decide",
    stances=(
        Stance(
            opinions=(
                "I think we should take our time with this", "I'd like us to agree on it properly",
                "I think we should be able to explain our choice",
                "we shouldn't just take the first thing that comes up",
            ),
            reasons=("otherwise somebody's unhappy later", "we only get one go", "a hasty choice helps nobody"),
            agrees=("{yes}, that matters", "agreed, no rush", "true, good point", "same, better to be sure"),
            contrasts=(
                "I think time matters too", "{hm} I'd just follow my gut", "I'd rather be quick about it",
                "we can overthink it as well",
            ),
        ),
        Stance(
            opinions=(
                "I'd say fairness matters most here", "I think simple is best here", "for me it's about what's fair",
                "I'd go by what does the most good",
            ),
            reasons=("that's how I'd do it at home", "everything else is taste", "I'd want it like that for myself"),
            agrees=(
                "agreed, fair first", "{yes}, hard to argue with that", "that's my feeling too",
                "same, that's what I'd say",
            ),
            contrasts=(
                "{hm} fair isn't always best", "I'd look at what works first", "for me the reasons count more",
                "not sure, it depends who you ask",
            ),
        ),
    ),
)  # fmt: skip


def topics_of(setting: Setting) -> tuple[Topic, ...]:
    """Everything that can come up in such a chat."""
    topics = [_task(setting)]
    topics += film_ahead(setting) if setting.phase is Phase.BEFORE else ()
    topics += film_seen(setting) if setting.phase is Phase.AFTER else ()
    topics += [before_call()] if setting.call_next else []
    topics += [after_introduction()] if setting.introduced and setting.phase is not Phase.AFTER else []
    topics += [_PROCEDURE, _LEANING, _CRITERIA] if setting.theme == "decide" else []
    return (*topics, *SMALL_TALK)


def _task(setting: Setting) -> Topic:
    return Topic(
        name="task",
        theme="study",
        personal=False,
        early=True,
        questions=(
            "what are we supposed to do here?", "do {you} know what we're meant to do?", "what's the task?",
            "is there anything we have to do in here?", "are we meant to talk about something?",
            "{did_you} read what this part is for?", "what exactly do they want from us here?", "so what's the plan?",
        ),
        stances=(
            Stance(
                answers=_QUOTED_TASKS if setting.task else _PLAIN_TASKS,
                reactions=(
                    "ah ok, easy enough", "ok thanks, I skipped that", "right, got it", "then we're doing it already",
                    "ok, we can manage that", "fine, no pressure then", "thanks, I scrolled too far",
                    "good, I was expecting something harder",
                ),
            ),
        ),
    )  # fmt: skip
