"""What a batch and its items must look like. The only statement of these rules; everything else reads it.

Source: the three schema tables of the ingestion page (documented). Field names of the API stand here and
nowhere else. Fields stand in documented order, which is the order in which problems are told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema

from mockserver.ingestion.errors import MOST_ITEMS
from mockserver.ingestion.fields import (
    Choice,
    Emotions,
    Filled,
    Items,
    Number,
    Record,
    Text,
    Timestamp,
    Whole,
    Within,
)
from mockserver.ingestion.rules import Rule
from mockserver.words.fidelity import Fidelity

__all__ = ["ENVELOPE", "KINDS", "EnvelopeSchema", "EventSchema", "FrameSchema", "Kind", "SegmentSchema"]


class _Open(Schema):
    """A schema that overlooks fields which it does not know (inferred).

    They are kept all the same, since an item is stored as it was sent and not as it was loaded; there, a
    foreign field called `frame_index` could be taken for the attribute of that name.
    """

    class Meta:
        unknown = EXCLUDE

    def on_bind_field(self, field_name: str, field_obj: Any) -> None:
        """Null says of an optional field that there is no value: only documented rules reject (inferred)."""
        field_obj.allow_none = not field_obj.required


def _about(description: str, *rules: Rule) -> dict[str, Any]:
    """What the documentation of the emulator says about a field, and rules that its type does not have."""
    return {"description": description, "rules": rules}


class EnvelopeSchema(_Open):
    """The body of every ingestion request. That an empty `sessionId` is refused is inferred."""

    session_id = Text(
        data_key="sessionId",
        required=True,
        validate=Filled(),
        metadata=_about(
            "The session it was captured in",
            Rule("any session is taken, unless sessions are strict (`--strict-sessions`)"),
        ),
    )
    batch = Items(
        required=True,
        metadata=_about(
            "Items, each accepted or rejected by itself",
            Rule("may be empty"),
            Rule(f"more than {MOST_ITEMS:,} items are answered with 413, and none of them is looked at"),
        ),
    )


_ONE_SIDE = Rule("may be absent, which is a lint (`partial_viewport`)")


class ViewportSchema(_Open):
    """Size of the browser's viewport. Both fields are documented; that either may be absent is inferred."""

    width = Number(metadata=_about("Pixels", _ONE_SIDE))
    height = Number(metadata=_about("Pixels", _ONE_SIDE))


class EventSchema(_Open):
    """One interaction event of a tester's browser or device."""

    event_type = Text(
        data_key="eventType",
        required=True,
        validate=Choice("click", "scroll", "input", "focus", "blur", "navigation", "error"),
        metadata=_about("What the tester did, or what happened to them"),
    )
    target_selector = Text(
        data_key="targetSelector",
        required=True,
        metadata=_about("CSS selector of the element it happened to"),
    )
    timestamp = Timestamp(required=True, metadata=_about("When it happened"))
    x = Number(metadata=_about("Cursor, pixels from the left"))
    y = Number(metadata=_about("Cursor, pixels from the top"))
    scroll_y = Number(data_key="scrollY", metadata=_about("Vertical scroll offset in pixels"))
    input_length = Number(data_key="inputLength", metadata=_about("Characters typed; never what was typed"))
    viewport = Record(ViewportSchema, metadata=_about("Size of the browser's viewport"))


class FrameSchema(_Open):
    """One analysed frame of the tester's video; the video itself is never sent."""

    frame_index = Whole(data_key="frameIndex", required=True, metadata=_about("Counts the session's frames"))
    timestamp = Timestamp(required=True, metadata=_about("When the frame was captured"))
    emotions = Emotions(required=True, metadata=_about("Score from 0 to 1 by emotion; they sum to about 1"))
    attention_score = Number(
        data_key="attentionScore",
        required=True,
        validate=Within(0, 1),
        metadata=_about("Estimated attention, from 0 to 1"),
    )
    gaze_x = Number(data_key="gazeX", validate=Within(0, 1), metadata=_about("Gaze, share of the width from the left"))
    gaze_y = Number(data_key="gazeY", validate=Within(0, 1), metadata=_about("Gaze, share of the height from the top"))


class SegmentSchema(_Open):
    """One transcribed segment of the tester's speech; the audio itself is never sent."""

    segment_index = Whole(data_key="segmentIndex", required=True, metadata=_about("Counts the session's segments"))
    start_time = Timestamp(data_key="startTime", required=True, metadata=_about("When the segment starts"))
    end_time = Timestamp(data_key="endTime", required=True, metadata=_about("When the segment ends"))
    transcript = Text(required=True, metadata=_about("What was said"))
    sentiment = Text(
        required=True,
        validate=Choice("positive", "neutral", "negative"),
        metadata=_about("How it was meant, in a word"),
    )
    sentiment_score = Number(
        data_key="sentimentScore",
        required=True,
        validate=Within(-1, 1),
        metadata=_about("How it was meant, from -1 to 1"),
    )
    hesitation_count = Whole(data_key="hesitationCount", metadata=_about("How many ums and uhs"))
    words_per_minute = Number(data_key="wordsPerMinute", metadata=_about("How fast it was said"))


@dataclass(frozen=True, slots=True)
class Kind:
    """One endpoint's kind of data.

    Attributes:
        name: Last part of the endpoint's path.
        title: What the documents call one item.
        summary: What the endpoint does.
        schema: Rules of one item.
        instants: Attributes that hold timestamps, earlier ones first.
        ordinal: Attribute that counts the items of a session; empty where there is none.
        fidelity: How sure it is that the real service answers so.
    """

    name: str
    title: str
    summary: str
    schema: Schema
    instants: tuple[str, ...]
    ordinal: str = ""
    fidelity: Fidelity = "documented"

    @property
    def sequence(self) -> tuple[str, ...]:
        """Attributes that say when an item was, and where in its session."""
        return (*self.instants, self.ordinal) if self.ordinal else self.instants

    def spelling(self, attribute: str) -> str:
        """The name by which clients know an attribute."""
        return self.schema.fields[attribute].data_key or attribute


ENVELOPE = EnvelopeSchema()

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("events", "InteractionEvent", "Ingest interaction events", EventSchema(), ("timestamp",)),
        Kind("facial", "FacialFrame", "Ingest analysed video frames", FrameSchema(), ("timestamp",), "frame_index"),
        Kind(
            "voice",
            "VoiceSegment",
            "Ingest transcribed speech",
            SegmentSchema(),
            ("start_time", "end_time"),
            "segment_index",
        ),
    )
}
