"""Which texts somebody can choose from for what they are about to say."""

from mockserver.simulation.talk.filling import filled
from mockserver.simulation.talk.flow import Conversation, Move
from mockserver.simulation.talk.kinds import Kind, Topic
from mockserver.simulation.talk.repertoire import Repertoire

__all__ = ["sayings"]


def sayings(move: Move, talk: Conversation, others: int, repertoire: Repertoire) -> tuple[str, ...]:
    """What can be said to so many others, as texts with `{…}`."""
    if move.topic is None:
        return _general(move, talk, others, repertoire)
    return _by_topic(move, talk, move.topic, repertoire)


def _general(move: Move, talk: Conversation, others: int, repertoire: Repertoire) -> tuple[str, ...]:
    replies = repertoire.texts.replies
    match move.kind:
        case Kind.GREETING:
            return _greetings(talk, min(3, others), repertoire)
        case Kind.ALONE:
            return replies.still_there if others else replies.alone
        case Kind.RETURN:
            return replies.returns
        case Kind.WELCOME:
            return replies.welcomes
        case Kind.CLOSING:
            return repertoire.openings.closings(talk.setting.next)
        case _:
            return repertoire.openings.farewells(talk.setting.next)


def _greetings(talk: Conversation, others: int, repertoire: Repertoire) -> tuple[str, ...]:
    openings = repertoire.openings
    if talk.setting.met:
        return openings.again[others]
    if talk.threads:
        return openings.late[others]
    if not talk.lines or talk.lines[-1].kind is not Kind.GREETING:
        return (openings.entering if talk.setting.fresh else openings.after)[others]
    return openings.back[talk.lines[-1].words.get("asked", "")][others]


def _by_topic(move: Move, talk: Conversation, topic: Topic, repertoire: Repertoire) -> tuple[str, ...]:
    replies = repertoire.texts.replies
    match move.kind:
        case Kind.QUESTION:
            return replies.what_about_you.joined() if topic.name in talk.opened else topic.questions
        case Kind.PROPOSAL:
            return topic.proposals
        case Kind.ACCEPT:
            return topic.accepts + replies.accepted
        case Kind.DECLINE:
            return topic.declines
        case Kind.CONCEDE:
            declined = move.to is not None and talk.lines[move.to].kind is Kind.DECLINE
            return (replies.conceded_decline if declined else replies.conceded_view).joined()
        case Kind.ADDITION if move.to is not None and talk.lines[move.to].kind is Kind.PROPOSAL:
            return replies.no_hurry
        case _:
            return _by_stance(move, talk, topic, repertoire)


def _by_stance(move: Move, talk: Conversation, topic: Topic, repertoire: Repertoire) -> tuple[str, ...]:
    replies, stance = repertoire.texts.replies, topic.stances[move.stance]
    to = talk.lines[move.to].kind if move.to is not None else None
    match move.kind:
        case Kind.ANSWER:
            return stance.answers
        case Kind.OPINION:
            return stance.opinions
        case Kind.AGREE:
            return stance.agrees
        case Kind.CONTRAST:
            return stance.contrasts
        case Kind.FOLLOW_UP:
            return stance.follow_ups[move.follow_up].questions
        case Kind.DETAIL:
            return stance.follow_ups[move.follow_up].answers
        case Kind.REACTION:
            return replies.acknowledged.joined() if to is Kind.DETAIL else stance.reactions
        case _:
            return stance.reasons if to is Kind.OPINION else _own_first(replies.own_first, stance.answers)


def _own_first(begins: tuple[str, ...], answers: tuple[str, ...]) -> tuple[str, ...]:
    """One's own answer to one's own question, said to be that."""
    return tuple(filled(begin, {"answer": answer}) for begin in begins for answer in answers)
