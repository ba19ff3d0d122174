"""Batches for the ingestion API, all valid or half bad, and the verdicts that the documented rules give on them.

Valid items are not suspicious either. A batch that is new each time comes from another session each time: the same
one again would be noticed as a twin, which is work of its own.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from comparison.account import Account
from comparison.cases import Case
from comparison.variations import NUMBER, NewSessions

__all__ = ["BAD", "FACIAL", "KINDS", "SMALL_BATCH", "VALID", "VOICE", "fixed_batch", "new_batch_cases"]

# Repeated batches, which peers answer beside this project's new ones.
FACIAL = "batch of 100 facial"
VOICE = "batch of 100 voice"

KINDS = ("events", "facial", "voice")
VALID = {kind: f"new batch of 100 {kind}" for kind in KINDS}
BAD = {kind: f"new batch of 100 {kind}, half bad" for kind in KINDS}
SMALL_BATCH = "new batch of 10 events"

Item = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """What makes an item invalid, and the reason that it is refused for.

    Attributes:
        key: The field that is replaced, or taken away.
        value: What it is replaced by; nothing takes it away.
        reason: The words of the verdict.
    """

    key: str
    value: Any
    reason: str

    def of(self, item: Item) -> Item:
        """The item with this fault."""
        others = {key: value for key, value in item.items() if key != self.key}
        return others if self.value is None else {**others, self.key: self.value}


FAULTS = {
    "events": (
        Fault("eventType", None, "Missing required field: eventType"),
        Fault("x", "540", "Invalid type for x: expected number"),
        Fault("timestamp", "yesterday", "Invalid timestamp: expected ISO 8601"),
    ),
    "facial": (
        Fault("frameIndex", None, "Missing required field: frameIndex"),
        Fault("attentionScore", 1.5, "Value out of range for attentionScore: expected 0 to 1"),
        Fault(
            "emotions",
            {"neutral": 0.87, "surprise": 0.5},
            "Emotion scores must sum to approximately 1.0 (got 1.37)",
        ),
    ),
    "voice": (
        Fault("transcript", None, "Missing required field: transcript"),
        Fault("sentiment", "sad", "Invalid value for sentiment: expected one of positive, neutral, negative"),
        Fault("sentimentScore", -2, "Value out of range for sentimentScore: expected -1 to 1"),
    ),
}


def click(number: int) -> Item:
    """An event of 160 bytes."""
    return {
        "eventType": "click",
        "targetSelector": f"#checkout-button-{number}",
        "timestamp": instant(number),
        "x": 540,
        "y": 210,
        "viewport": {"width": 1440, "height": 900},
    }


def frame(number: int) -> Item:
    """A facial frame."""
    return {
        "frameIndex": number,
        "timestamp": instant(number),
        "emotions": {"neutral": 0.72, "surprise": 0.14, "confusion": 0.09, "frustration": 0.05},
        "attentionScore": 0.91,
        "gazeX": 0.53,
        "gazeY": 0.47,
    }


def segment(number: int) -> Item:
    """A voice segment."""
    return {
        "segmentIndex": number,
        "startTime": instant(number),
        "endTime": instant(number + 1),
        "transcript": f"I am looking for button {number}, and cannot find it.",
        "sentiment": "negative",
        "sentimentScore": -0.4,
        "hesitationCount": 1,
        "wordsPerMinute": 138,
    }


ITEMS: dict[str, Callable[[int], Item]] = {"events": click, "facial": frame, "voice": segment}


def instant(number: int) -> str:
    """So many seconds after the session's start, as ISO 8601."""
    return f"2024-03-16T10:{number // 60:02}:{number % 60:02}.120Z"


def fixed_batch(kind: str) -> bytes:
    """A hundred valid items; events are 16 kB."""
    return body("sess_001", list(map(ITEMS[kind], range(100)))).encode()


def new_batch_cases(account: Account) -> Iterator[Case]:
    """The cases that only this project answers, since its verdict tells the session."""
    for kind in KINDS:
        yield new_batch_case(account, VALID[kind], kind, list(map(ITEMS[kind], range(100))), {})
        yield new_batch_case(account, BAD[kind], kind, *half_bad(kind))
    yield new_batch_case(account, SMALL_BATCH, "events", list(map(click, range(10))), {})


def half_bad(kind: str) -> tuple[list[Item], dict[int, str]]:
    """A hundred items, and the reason for each that is refused. Valid ones are numbered without gaps."""
    items, reasons = [], {}
    for index in range(100):
        item = ITEMS[kind](index // 2)
        if index % 2:
            fault = FAULTS[kind][index // 2 % len(FAULTS[kind])]
            item, reasons[index] = fault.of(item), fault.reason
        items.append(item)
    return items, reasons


def new_batch_case(account: Account, name: str, kind: str, items: list[Item], reasons: dict[int, str]) -> Case:
    """Items of a kind, and the verdict on them: refused are those that have a reason, by their index."""
    rejections = [{"index": index, "reason": reason} for index, reason in reasons.items()]
    accepted = len(items) - len(rejections)
    session, number = f"sess_{NUMBER}", "0"
    counts = {"accepted": accepted, "rejected": len(rejections)}
    data = {"sessionId": session, **counts, "rejections": rejections}
    verdict = json.dumps({"success": True, "data": data, "error": None, "metadata": None})
    text = body(session, items)
    case = account.sending(name, kind, text.replace(NUMBER, number).encode())
    return replace(case, answer=verdict.replace(NUMBER, number), variation=NewSessions(text, verdict))


def body(session: str, items: list[Item]) -> str:
    return json.dumps({"sessionId": session, "batch": items}, separators=(",", ":"))
