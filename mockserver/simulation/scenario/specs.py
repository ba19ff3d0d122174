"""Scenarios: what a world is like, read from TOML. A file says only what differs from what it extends.

The dataclasses below are the reference of the format; each field carries its own rule and default.
"""

from dataclasses import dataclass
from typing import Any

from marshmallow.fields import Field as AnyField
from marshmallow.validate import Length, OneOf, Range, Regexp

from mockserver.simulation.scenario import fields
from mockserver.simulation.scenario.rules import Spec, one_line, rule

__all__ = [
    "FATES",
    "MOST_INSTRUCTION_PAGES",
    "SCALES",
    "UNANSWERED",
    "Behaviour",
    "ClockSpec",
    "ContinuousSpec",
    "EffectSpec",
    "ExperimentSpec",
    "KeySpec",
    "Network",
    "PersonaSpec",
    "Ratings",
    "Recordings",
    "Samples",
    "Scenario",
    "SparseSpec",
    "StateSpec",
    "Talk",
    "Text",
    "Tolerances",
]

# Component types as the records name them; the client's builders write the same in lower case.
COMPONENTS = (
    "ShowText", "ShowImage", "ShowVideo", "VasRating", "TextInput", "MultipleChoice", "Waiting", "Code",
    "ContinuousRating", "VideoChat", "TextChat", "RapidRate", "AudioRecording", "SparseRating", "Trigger",
    "Ranking", "ScannerPulseRecorder", "LikertScale", "GazeOverlay",
)  # fmt: skip
# What nobody answers: it ends when its time is over.
UNANSWERED = (
    "ShowVideo", "TextChat", "VideoChat", "Waiting", "ContinuousRating", "AudioRecording", "GazeOverlay",
    "ScannerPulseRecorder", "RapidRate",
)  # fmt: skip
# What is answered with a number.
SCALES = ("VasRating", "LikertScale", "SparseRating")
MOST_INSTRUCTION_PAGES = 20
_ID = Regexp(r"[A-Za-z0-9_-]{1,64}\Z", error="expected 1 to 64 of the characters A-Z a-z 0-9 _ -")
_SHARE = Range(0, 1, error="expected a number from 0 to 1")
_PARTICIPANTS = Range(1, 50, error="expected participants from 1 to 50")
_FILE_BYTES = Range(20_000, 8_000_000_000, error="expected bytes from 20000 to 8000000000")


def _positive(unit: str, most: float = 10**9) -> Range:
    return Range(0, most, min_inclusive=False, error=f"expected {unit} above 0, {most} at the most")


def _from_zero(unit: str, most: float = 10**9) -> Range:
    return Range(0, most, error=f"expected {unit} from 0 to {most}")


def _one_of(*choices: str) -> OneOf:
    return OneOf(choices, error="expected one of {choices}")


def _texts(least: int = 0) -> fields.List:
    return fields.List(fields.String(), validate=Length(min=least, error=f"expected {least} or more texts"))


def _ids(least: int = 0) -> fields.List:
    return fields.List(fields.String(validate=_ID), validate=Length(min=least, error=f"expected {least} or more ids"))


def _per_id(inner: AnyField[Any]) -> fields.PerId:
    return fields.PerId(inner, fields.String(validate=_ID))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSpec:
    """What time it is in the world, and how it passes.

    Attributes:
        now_ms: Where the clock begins (`now` in the file); None, written "machine", at the machine's time. Where
            only the shipped bases say it, it is the midnight at least a day after the last session if that is later.
        speed: Simulated time per real time: 0 stands still, 1 is real, 60 is a minute a second.
    """

    now_ms: int | None = rule(fields.Now(data_key="now"))
    speed: float = rule(fields.Float(validate=_from_zero("a factor", 1e6)), 0.0)


# What a key may be allowed. Source: key management page; those of personas and deployments from the client.
KEY_SCOPES = (
    "*", "read:*",
    *(f"read:{name}" for name in (
        "events", "recordings", "chat", "videochat", "ratings", "sync", "participants", "components", "experiments",
        "personas",
    )),
    "write:*", "write:events", "write:experiments", "write:personas", "write:deployments",
    "delete:*", "delete:experiments", "admin:*", "admin:api_keys", "admin:users",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySpec:
    """An API key: who holds it and what it may do. Source: key management page (documented)."""

    value: str = rule(fields.String(validate=Length(min=1, error="expected a key, at least 1 character")))
    owner: str = rule(fields.String())
    organisation: str = rule(fields.String(validate=_ID))
    scopes: tuple[str, ...] = rule(fields.List(fields.String(validate=_one_of(*KEY_SCOPES))))
    expires_ms: int | None = rule(fields.Instant(data_key="expires"), None)
    revoked: bool = rule(fields.Boolean(), False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinuousSpec:
    """A slider that is sampled while a state lasts.

    Attributes:
        interval_ms: Nominal distance of two samples, 100 to 500 (documented range).
        jitter_ms: The most by which a timer is early or late; never makes two samples less than 100
            or more than 500 ms apart, so that there is none left at 100 and at 500.
    """

    component_id: str = rule(fields.String(validate=_ID))
    dimension: str = rule(fields.String(), "engagement")
    interval_ms: int = rule(fields.Integer(validate=Range(100, 500, error="expected ms from 100 to 500")), 250)
    jitter_ms: int = rule(fields.Integer(validate=_from_zero("ms", 200)), 40)
    scale_min: int = rule(fields.Integer(), 0)
    scale_max: int = rule(fields.Integer(), 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class SparseSpec:
    """A question that pauses the video and waits for everybody's answer.

    Attributes:
        at_s: When it opens, in seconds of the video.
    """

    component_id: str = rule(fields.String(validate=_ID))
    component: str = rule(
        fields.String(validate=OneOf(("VasRating", "LikertScale"), error="expected one of {choices}")),
        "LikertScale",
    )
    question: str = rule(fields.String())
    dimension: str = rule(fields.String(), "mood")
    at_s: tuple[float, ...] = rule(fields.List(fields.Float(validate=_positive("seconds"))))
    scale_min: int = rule(fields.Integer(), 1)
    scale_max: int = rule(fields.Integer(), 10)
    label_min: str = rule(fields.String(), "Not at all")
    label_max: str = rule(fields.String(), "Very much")


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSpec:
    """One screen of an experiment, with its focus component.

    Attributes:
        duration_s: How long a video, a chat or a wait lasts; for a self-paced component the answer ends it,
            unless the state is timed.
        timed: The state lasts `duration_s` also where an answer would end it.
        autoplay, controls: Of a video: it starts by itself; people may pause it (nobody here does).
        gaze_interval_ms: An eye tracker samples so often; None, there is none.
        options: What can be answered (multiple choice, ranking) or the page's text pieces.
    """

    component: str = rule(fields.String(validate=_one_of(*COMPONENTS)))
    component_id: str = rule(fields.String(validate=_ID))
    name: str | None = rule(fields.String(), None)
    duration_s: float = rule(fields.Float(validate=_positive("seconds", 1e6)), 60.0)
    timed: bool = rule(fields.Boolean(), False)
    video_url: str = rule(fields.String(), "https://example.com/video.mp4")
    autoplay: bool = rule(fields.Boolean(), True)
    controls: bool = rule(fields.Boolean(), False)
    prompt: str | None = rule(fields.String(), None)
    options: tuple[str, ...] = rule(_texts(), ())
    scale_min: int = rule(fields.Integer(), 0)
    scale_max: int = rule(fields.Integer(), 100)
    label_min: str = rule(fields.String(), "Not at all")
    label_max: str = rule(fields.String(), "Very much")
    gaze_interval_ms: int | None = rule(
        fields.Integer(validate=Range(4, 1000, error="expected ms from 4 to 1000")), None
    )
    continuous: ContinuousSpec | None = rule(Spec(ContinuousSpec), None)
    sparse: SparseSpec | None = rule(Spec(SparseSpec), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentSpec:
    """An experiment and the rooms in which it was run.

    Attributes:
        starts_ms: When the first room's experiment starts (`starts` in the file).
        room_every_s: Time from one room's start to the next.
        rooms, participants: How many rooms, and how many people in each.
        named_rooms: Ids of the first rooms; the others' come from the seed.
        named_participants: Ids of the first room's first participants.
        agents: How many of a room's participants are AI agents; they take the last seats.
        host: The seat of the host, from 0: who stays to the end, and whom the others' video follows.
        conditions: Rooms take them in turn.
        consent, instruction_pages, questions: What comes before and after; no page, no event.
        shared_with: Organisations that may see it, to what they may do: `view`, or `export` as well.
        persona: Which one the agents are.
        moved_ms: By how much `starts_ms` differs from the file's (`moved.py`); what is drawn by the time of day is
            drawn as if it did not.
    """

    name: str = rule(fields.String(validate=Length(min=1, error="expected a name")))
    description: str = rule(fields.String(), "")
    organisation: str = rule(fields.String(validate=_ID), "org_main")
    owner: str = rule(fields.String(), "researcher@example.com")
    starts_ms: int = rule(fields.Instant(data_key="starts"))
    rooms: int = rule(fields.Integer(validate=_from_zero("rooms", 5000)), 1)
    room_every_s: float = rule(fields.Float(validate=_positive("seconds")), 7200.0)
    participants: int = rule(fields.Integer(validate=_PARTICIPANTS), 2)
    agents: int = rule(fields.Integer(validate=_from_zero("agents", 49)), 0)
    host: int = rule(fields.Integer(validate=_from_zero("a seat", 49)), 0)
    states: tuple[str, ...] = rule(_ids(1))
    conditions: tuple[str, ...] = rule(_texts(1), ("treatment", "control"))
    deployments: tuple[str, ...] = rule(_ids(), ())
    named_rooms: tuple[str, ...] = rule(_ids(), ())
    named_participants: tuple[str, ...] = rule(_ids(), ())
    consent: bool = rule(fields.Boolean(), True)
    instruction_pages: int = rule(fields.Integer(validate=_from_zero("pages", MOST_INSTRUCTION_PAGES)), 2)
    questions: tuple[str, ...] = rule(_texts(), ())
    shared_with: dict[str, str] = rule(_per_id(fields.String(validate=_one_of("view", "export"))), {})
    persona: str = rule(fields.String(validate=_ID), "persona_undergrad")
    moved_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaSpec:
    """An AI agent of the library: what a role that an agent fills can be bound to."""

    name: str = rule(fields.String(validate=Length(min=1, error="expected a name")))
    description: str = rule(fields.String(), "")
    organisation: str = rule(fields.String(validate=_ID), "org_main")
    owner: str = rule(fields.String(), "researcher@example.com")
    provider: str = rule(fields.String(), "anthropic")
    model: str = rule(fields.String(), "claude-opus-4-8")


# How a participant's story ends otherwise than well, in the order in which chance looks at them.
FATES = ("no_consent", "failed_check", "timed_out", "abandoned", "technical", "no_code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What people do. Response times are ex-Gaussian: normal(mu, sigma) plus exponential(tau), in ms.

    The shares are chances of a participant, the host of a room excepted. Those of `FATES` exclude each other.
    """

    rt_mu_ms: float = rule(fields.Float(validate=_positive("ms", 1e5)), 1400.0)
    rt_sigma_ms: float = rule(fields.Float(validate=_from_zero("ms", 1e5)), 260.0)
    rt_tau_ms: float = rule(fields.Float(validate=_from_zero("ms", 1e5)), 700.0)
    no_consent: float = rule(fields.Float(validate=_SHARE), 0.0)
    failed_check: float = rule(fields.Float(validate=_SHARE), 0.0)
    timed_out: float = rule(fields.Float(validate=_SHARE), 0.0)
    abandoned: float = rule(fields.Float(validate=_SHARE), 0.0)
    technical: float = rule(fields.Float(validate=_SHARE), 0.0)
    idle: float = rule(fields.Float(validate=_SHARE), 0.0)
    no_code: float = rule(fields.Float(validate=_SHARE), 0.0)
    disconnects_per_hour: float = rule(fields.Float(validate=_from_zero("disconnects", 600)), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What lies between people and the server.

    Attributes:
        skew_ppm: Spread of the viewers' media clocks, parts per million.
        latency_ms: Typical one-way latency. jitter_ms: how far a measured drift strays.
        stalls_per_minute: Buffering stalls of a viewer, at most 3. stall_ms: their typical length, 950 at the most.
    """

    skew_ppm: float = rule(fields.Float(validate=_from_zero("ppm", 2000)), 150.0)
    latency_ms: float = rule(fields.Float(validate=_positive("ms", 5000)), 60.0)
    jitter_ms: float = rule(fields.Float(validate=_from_zero("ms", 100)), 12.0)
    stalls_per_minute: float = rule(fields.Float(validate=_from_zero("stalls", 3)), 0.25)
    stall_ms: float = rule(fields.Float(validate=_from_zero("ms", 950)), 320.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """How sliders move.

    Attributes:
        shared: Correlation of the latent curves of two people who watch the same video, 0 to 1.
        level, level_spread: Mean rating (0 to 1) and its standard deviation between people. Near the ends of the
            scale sliders are cut off, and measure less than was planted.
    """

    shared: float = rule(fields.Float(validate=_SHARE), 0.5)
    level: float = rule(fields.Float(validate=_SHARE), 0.5)
    level_spread: float = rule(fields.Float(validate=_from_zero("a number", 0.2)), 0.08)


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectSpec:
    """A planted effect: the rooms of one condition rate higher than those of the others.

    Attributes:
        condition: Whose ratings are raised.
        d: By how many standard deviations between people (Cohen's d) of their mean rating.
    """

    condition: str = rule(fields.String())
    d: float = rule(fields.Float(validate=Range(-2, 2, error="expected a number from -2 to 2")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerances:
    """How far what is measured in the records alone may be from what was planted: in their own unit, or as a share.

    What is not named here is found exactly: clock offsets, outliers, lost connections. The defaults fit a film of
    some minutes and the default network; a scenario with less of a film or a worse network states its own.

    Attributes:
        effect_d: Of a condition's effect on people's mean ratings, as Cohen's d.
        agreement: Of the mean correlation between the ratings of people who watch together.
        level, spread: Of somebody's mean slider (0 to 1), and of its standard deviation as a share, if they
            watched at least half of the film.
        lag_ms: Of how late sliders follow the latent curves, on average over people.
        response_time: Of somebody's mean response time over fifty sparse ratings, as a share.
        reading: Of people's mean reading time over fifty answers each, as a share.
        typing: Of somebody's typing time for a character over two hundred messages of theirs, as a share.
        interval: Of the mean sampling interval of continuous ratings, as a share of the nominal one.
        drift_ms: Of the quantiles (5, 25, 50, 75, 95 %) of all drifts.
        skew_ppm: Of viewers' media clocks, as the root of the mean square over ten or more who watched for a
            hundred seconds or more. stall_ms: Of what a stall lost.
        latency: Of a viewer's mean latency, as a share.
    """

    effect_d: float = rule(fields.Float(validate=_positive("a d", 2)), 0.2)
    agreement: float = rule(fields.Float(validate=_SHARE), 0.12)
    level: float = rule(fields.Float(validate=_SHARE), 0.05)
    spread: float = rule(fields.Float(validate=_SHARE), 0.2)
    lag_ms: float = rule(fields.Float(validate=_positive("ms")), 60.0)
    response_time: float = rule(fields.Float(validate=_SHARE), 0.2)
    reading: float = rule(fields.Float(validate=_SHARE), 0.1)
    typing: float = rule(fields.Float(validate=_SHARE), 0.15)
    interval: float = rule(fields.Float(validate=_SHARE), 0.005)
    drift_ms: float = rule(fields.Float(validate=_positive("ms")), 8.0)
    skew_ppm: float = rule(fields.Float(validate=_positive("ppm")), 50.0)
    stall_ms: float = rule(fields.Float(validate=_positive("ms")), 40.0)
    latency: float = rule(fields.Float(validate=_SHARE), 0.25)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordings:
    """The files of video chat recordings.

    Attributes:
        video_bytes, audio_bytes: Typical size of a file; each differs by up to a tenth.
        failed, aborted, limited, unfinished: Shares of recordings that end without a file, are aborted
            without one, are cut at `limit_s`, or are still active.
    """

    video_bytes: int = rule(fields.Integer(validate=_FILE_BYTES), 48_000)
    audio_bytes: int = rule(fields.Integer(validate=_FILE_BYTES), 24_000)
    failed: float = rule(fields.Float(validate=_SHARE), 0.0)
    aborted: float = rule(fields.Float(validate=_SHARE), 0.0)
    limited: float = rule(fields.Float(validate=_SHARE), 0.0)
    unfinished: float = rule(fields.Float(validate=_SHARE), 0.0)
    limit_s: float = rule(fields.Float(validate=_positive("seconds")), 30.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What people are called and what they write.

    Attributes:
        awkward: Names and messages that break parsers: other scripts, emoji, quotes, newlines, great length.
            People then go by their own names in chats and recordings, and not as Participant A.
    """

    awkward: bool = rule(fields.Boolean(), False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What people say in text chats.

    Attributes:
        texts: The path of a file with every word of it, from the folder of the scenario's file; None, ours are said.
        content: What that file holds, so that a scenario with an edited one is another scenario.
    """

    texts: str | None = rule(fields.String(), None)
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """The ids that the banner shows; where the file is silent, the world's first."""

    experiment: str | None = rule(fields.String(), None)
    room: str | None = rule(fields.String(), None)
    participant: str | None = rule(fields.String(), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A whole scenario. `name` is the file's; everything else comes out of it and what it extends.

    Attributes:
        about: What it is for, in one line of the file's own: it is not taken from what the file extends. The shipped
            ones all have one.
    """

    name: str
    about: str = rule(fields.String(validate=one_line("expected one line on what it is for")))
    seed: int = rule(fields.Integer(validate=_from_zero("a whole number", 2**63 - 1)), 1)
    clock: ClockSpec = rule(Spec(ClockSpec, 'expected a table, or extends = "_base", which has one'))
    keys: dict[str, KeySpec] = rule(_per_id(Spec(KeySpec)), {})
    organisations: dict[str, str] = rule(_per_id(fields.String()), {})
    sessions: tuple[str, ...] = rule(_ids(), ())
    warnings: tuple[str, ...] = rule(_texts(), ())
    sample: Samples = rule(Spec(Samples), Samples())
    states: dict[str, StateSpec] = rule(_per_id(Spec(StateSpec)), {})
    experiments: dict[str, ExperimentSpec] = rule(_per_id(Spec(ExperimentSpec)), {})
    personas: dict[str, PersonaSpec] = rule(_per_id(Spec(PersonaSpec)), {})
    behaviour: Behaviour = rule(Spec(Behaviour), Behaviour())
    network: Network = rule(Spec(Network), Network())
    ratings: Ratings = rule(Spec(Ratings), Ratings())
    effects: dict[str, EffectSpec] = rule(_per_id(Spec(EffectSpec)), {})
    tolerances: Tolerances = rule(Spec(Tolerances), Tolerances())
    recordings: Recordings = rule(Spec(Recordings), Recordings())
    text: Text = rule(Spec(Text), Text())
    talk: Talk = rule(Spec(Talk), Talk())
