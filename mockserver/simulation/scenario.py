"""Scenarios: what a world is like, read from TOML. A file says only what differs from what it extends.

The dataclasses below are the reference of the format; each field carries its own rule and default.
"""

import dataclasses
import difflib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marshmallow import ValidationError, fields
from marshmallow.validate import Length, OneOf, Range, Regexp

from mockserver.errors import ScenarioError
from mockserver.resources import data_path
from mockserver.simulation.scenario_rules import Instant, Now, PerId, Spec, rule, schema_of

__all__ = [
    "Behaviour",
    "ClockSpec",
    "ContinuousSpec",
    "EffectSpec",
    "ExperimentSpec",
    "KeySpec",
    "Network",
    "Ratings",
    "Recordings",
    "Samples",
    "Scenario",
    "SparseSpec",
    "StateSpec",
    "Text",
    "load_scenario",
    "scenario_names",
]

# Component types as the records name them; the client's builders write the same in lower case.
COMPONENTS = (
    "ShowText", "ShowImage", "ShowVideo", "VasRating", "TextInput", "MultipleChoice", "Waiting",
    "TextChat", "VideoChat", "LikertScale", "Ranking",
)  # fmt: skip
_ID = Regexp(r"[A-Za-z0-9_-]{1,64}\Z", error="expected 1 to 64 of the characters A-Z a-z 0-9 _ -")
_SHARE = Range(0, 1, error="expected a number from 0 to 1")


def _positive(unit: str, most: float = 1e9) -> Range:
    return Range(0, most, min_inclusive=False, error=f"expected {unit} above 0, {most:g} at the most")


def _from_zero(unit: str, most: float = 1e9) -> Range:
    return Range(0, most, error=f"expected {unit} from 0 to {most:g}")


def _texts(least: int = 0) -> fields.List[str]:
    return fields.List(fields.String(), validate=Length(min=least, error=f"expected {least} or more texts"))


def _ids() -> fields.List[str]:
    return fields.List(fields.String(validate=_ID))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSpec:
    """What time it is in the world, and how it passes.

    Attributes:
        now_ms: Where the clock begins (`now` in the file); None, written "machine", at the machine's time.
        speed: Simulated time per real time: 0 stands still, 1 is real, 60 is a minute a second.
    """

    now_ms: int | None = rule(Now(data_key="now"))
    speed: float = rule(fields.Float(validate=_from_zero("a factor", 1e6)), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySpec:
    """An API key: who holds it and what it may do. Source: key management page (documented)."""

    value: str = rule(fields.String(validate=Length(min=1, error="expected a key, at least 1 character")))
    owner: str = rule(fields.String())
    organisation: str = rule(fields.String(validate=_ID))
    scopes: tuple[str, ...] = rule(_texts())
    expires_ms: int | None = rule(Instant(data_key="expires"), None)
    revoked: bool = rule(fields.Boolean(), False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinuousSpec:
    """A slider that is sampled while a state lasts.

    Attributes:
        interval_ms: Nominal distance of two samples, 100 to 500 (documented range).
        jitter_ms: The most by which a timer is early or late; never makes two samples less than 100
            or more than 500 ms apart.
    """

    component_id: str = rule(fields.String(validate=_ID))
    dimension: str = rule(fields.String(), "engagement")
    interval_ms: int = rule(
        fields.Integer(strict=True, validate=Range(100, 500, error="expected ms from 100 to 500")), 250
    )
    jitter_ms: int = rule(fields.Integer(strict=True, validate=_from_zero("ms", 200)), 40)
    scale_min: int = rule(fields.Integer(strict=True), 0)
    scale_max: int = rule(fields.Integer(strict=True), 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class SparseSpec:
    """A question that pauses the video and waits for everybody's answer.

    Attributes:
        at_s: When it opens, in seconds of the video.
    """

    component_id: str = rule(fields.String(validate=_ID))
    component: str = rule(fields.String(validate=OneOf(("VasRating", "LikertScale"))), "LikertScale")
    question: str = rule(fields.String())
    dimension: str = rule(fields.String(), "mood")
    at_s: tuple[float, ...] = rule(fields.List(fields.Float(validate=_positive("seconds"))))
    scale_min: int = rule(fields.Integer(strict=True), 1)
    scale_max: int = rule(fields.Integer(strict=True), 10)
    label_min: str = rule(fields.String(), "Not at all")
    label_max: str = rule(fields.String(), "Very much")


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSpec:
    """One screen of an experiment, with its focus component.

    Attributes:
        duration_s: How long a video, a chat or a wait lasts; for a self-paced component the answer ends it.
        options: What can be answered (multiple choice, ranking) or the page's text pieces.
    """

    component: str = rule(fields.String(validate=OneOf(COMPONENTS, error="expected one of {choices}")))
    component_id: str = rule(fields.String(validate=_ID))
    name: str | None = rule(fields.String(), None)
    duration_s: float = rule(fields.Float(validate=_positive("seconds", 1e6)), 60.0)
    video_url: str = rule(fields.String(), "https://example.com/video.mp4")
    prompt: str | None = rule(fields.String(), None)
    options: tuple[str, ...] = rule(_texts(), ())
    scale_min: int = rule(fields.Integer(strict=True), 0)
    scale_max: int = rule(fields.Integer(strict=True), 100)
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
        conditions: Rooms take them in turn.
        consent, instruction_pages, questions: What comes before and after; no page, no event.
    """

    name: str = rule(fields.String(validate=Length(min=1, error="expected a name")))
    description: str = rule(fields.String(), "")
    organisation: str = rule(fields.String(validate=_ID), "org_main")
    owner: str = rule(fields.String(), "researcher@example.com")
    starts_ms: int = rule(Instant(data_key="starts"))
    rooms: int = rule(fields.Integer(strict=True, validate=_from_zero("rooms", 5000)), 1)
    room_every_s: float = rule(fields.Float(validate=_positive("seconds")), 7200.0)
    participants: int = rule(fields.Integer(strict=True, validate=Range(1, 50)), 2)
    agents: int = rule(fields.Integer(strict=True, validate=_from_zero("agents", 49)), 0)
    states: tuple[str, ...] = rule(_ids())
    conditions: tuple[str, ...] = rule(_texts(1), ("treatment", "control"))
    deployments: tuple[str, ...] = rule(_ids(), ())
    named_rooms: tuple[str, ...] = rule(_ids(), ())
    named_participants: tuple[str, ...] = rule(_ids(), ())
    consent: bool = rule(fields.Boolean(), True)
    instruction_pages: int = rule(fields.Integer(strict=True, validate=_from_zero("pages", 20)), 2)
    questions: tuple[str, ...] = rule(_texts(), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What people do. Response times are ex-Gaussian: normal(mu, sigma) plus exponential(tau), in ms.

    The shares are chances of a participant, the host of a room excepted.
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
        stalls_per_minute: Buffering stalls of a viewer, at most 3. stall_ms: their typical length.
    """

    skew_ppm: float = rule(fields.Float(validate=_from_zero("ppm", 10_000)), 150.0)
    latency_ms: float = rule(fields.Float(validate=_positive("ms", 5000)), 60.0)
    jitter_ms: float = rule(fields.Float(validate=_from_zero("ms", 100)), 12.0)
    stalls_per_minute: float = rule(fields.Float(validate=_from_zero("stalls", 3)), 0.25)
    stall_ms: float = rule(fields.Float(validate=_from_zero("ms", 10_000)), 320.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """How sliders move.

    Attributes:
        shared: Correlation of the latent curves of two people who watch the same video, 0 to 1.
        tolerance: How far the mean correlation of their ratings may be from that.
        level, level_spread: Mean rating (0 to 1) and its standard deviation between people.
    """

    shared: float = rule(fields.Float(validate=_SHARE), 0.5)
    tolerance: float = rule(fields.Float(validate=_SHARE), 0.12)
    level: float = rule(fields.Float(validate=_SHARE), 0.5)
    level_spread: float = rule(fields.Float(validate=_from_zero("a number", 0.2)), 0.08)


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectSpec:
    """A planted effect: the rooms of one condition rate higher than those of the others.

    Attributes:
        condition: Whose ratings are raised.
        d: By how many standard deviations between people (Cohen's d) of their mean rating.
        tolerance: How far a measured d may be from that.
    """

    condition: str = rule(fields.String())
    d: float = rule(fields.Float(validate=Range(-2, 2, error="expected a number from -2 to 2")))
    tolerance: float = rule(fields.Float(validate=_positive("a d", 2)), 0.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordings:
    """The files of video chat recordings.

    Attributes:
        video_bytes, audio_bytes: Typical size of a file; each differs by up to a tenth.
        failed, aborted, limited, unfinished: Shares of recordings that end without a file, are aborted
            without one, are cut at `limit_s`, or are still active.
    """

    video_bytes: int = rule(fields.Integer(strict=True, validate=Range(20_000, 8_000_000_000)), 48_000)
    audio_bytes: int = rule(fields.Integer(strict=True, validate=Range(20_000, 8_000_000_000)), 24_000)
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
    """

    awkward: bool = rule(fields.Boolean(), False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """The ids that the banner shows; where the file is silent, the world's first."""

    experiment: str | None = rule(fields.String(), None)
    room: str | None = rule(fields.String(), None)
    participant: str | None = rule(fields.String(), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A whole scenario. `name` is the file's; everything else comes out of it and what it extends."""

    name: str
    about: str = rule(fields.String(validate=Length(min=1, error="expected one line on what it is for")))
    seed: int = rule(fields.Integer(strict=True, validate=_from_zero("a whole number", 2**63 - 1)), 1)
    clock: ClockSpec = rule(Spec(ClockSpec))
    keys: dict[str, KeySpec] = rule(PerId(KeySpec), {})
    organisations: dict[str, str] = rule(fields.Dict(keys=fields.String(), values=fields.String()), {})
    sessions: tuple[str, ...] = rule(_ids(), ())
    warnings: tuple[str, ...] = rule(_texts(), ())
    sample: Samples = rule(Spec(Samples), Samples())
    states: dict[str, StateSpec] = rule(PerId(StateSpec), {})
    experiments: dict[str, ExperimentSpec] = rule(PerId(ExperimentSpec), {})
    behaviour: Behaviour = rule(Spec(Behaviour), Behaviour())
    network: Network = rule(Spec(Network), Network())
    ratings: Ratings = rule(Spec(Ratings), Ratings())
    effects: dict[str, EffectSpec] = rule(PerId(EffectSpec), {})
    recordings: Recordings = rule(Spec(Recordings), Recordings())
    text: Text = rule(Spec(Text), Text())


def scenario_names() -> list[str]:
    """Names of the shipped scenarios, in alphabetical order; files beginning with `_` are only bases."""
    return sorted(path.stem for path in data_path("scenarios").glob("[!_]*.toml"))


def load_scenario(name_or_file: str) -> Scenario:
    """Read a shipped scenario by its name, or any TOML file by its path.

    Raises:
        ScenarioError: It is unknown, unreadable, no TOML, or breaks a rule.
    """
    path = _find(name_or_file, Path())
    table = _resolve(path, ())
    try:
        spec: Scenario = schema_of(_named(path.stem))().load(table)
    except ValidationError as error:
        raise ScenarioError("\n".join(_mistakes(path, table, error.messages))) from None
    _check_references(path, spec)
    return spec


def _named(name: str) -> Any:
    """`Scenario` with its name filled in, for the schema to call."""

    def make(**values: Any) -> Scenario:
        return Scenario(name=name, **values)

    make.__dataclass_fields__ = Scenario.__dataclass_fields__  # type: ignore[attr-defined]
    return make


def _find(name_or_file: str, beside: Path) -> Path:
    shipped = data_path("scenarios") / f"{name_or_file}.toml"
    if "/" not in name_or_file and "\\" not in name_or_file and shipped.is_file():
        return shipped
    path = beside / name_or_file
    if path.is_file():
        return path
    close = difflib.get_close_matches(name_or_file, scenario_names(), 1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    raise ScenarioError(
        f"no scenario {name_or_file!r}{hint}: expected the path of a TOML file or one of "
        f"{', '.join(scenario_names())}"
    )


def _resolve(path: Path, below: tuple[Path, ...]) -> dict[str, Any]:
    """The file's table laid over the table of what it extends."""
    if path in below:
        raise ScenarioError(f"{path.name}: extends: a scenario cannot extend itself")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScenarioError(f"{path.name}: not readable as TOML: {error}") from None
    base = table.pop("extends", None)
    if base is None:
        return table
    if not isinstance(base, str):
        raise ScenarioError(f"{path.name}: extends: {base!r}: expected the name of a scenario or a file")
    return _overlay(_resolve(_find(base, path.parent), (*below, path)), table)


def _overlay(base: dict[str, Any], top: dict[str, Any]) -> dict[str, Any]:
    """Tables are merged key by key; everything else in `top` replaces what stands in `base`."""
    merged = dict(base)
    for key, value in top.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _overlay(merged[key], value) if both else value
    return merged


def _mistakes(path: Path, table: Any, messages: Any, where: tuple[str, ...] = ()) -> list[str]:
    """One line for each broken rule: file, key, value, and what would be right."""
    if isinstance(messages, dict):
        lines: list[str] = []
        for key, inner in messages.items():
            # Marshmallow puts the two halves of a mapping's entry between the key and its messages.
            inside = where if key in ("key", "value", "_schema") else (*where, str(key))
            lines += _mistakes(path, table, inner, inside)
        return lines
    value = table
    for step in where:
        value = value.get(step) if isinstance(value, dict) else value
    return [f"{path.name}: {'.'.join(where)}: {value!r}: {text}" for text in messages]


def _check_references(path: Path, scenario: Scenario) -> None:
    """What marshmallow cannot see: that names in one table stand in another.

    Raises:
        ScenarioError: A state, an organisation or a scale does not fit.
    """
    for exp_id, experiment in scenario.experiments.items():
        where = f"{path.name}: experiments.{exp_id}"
        for name in experiment.states:
            if name not in scenario.states:
                known = ", ".join(scenario.states) or "none"
                raise ScenarioError(f"{where}.states: {name!r}: no such state; known are {known}")
        if experiment.agents >= experiment.participants:
            raise ScenarioError(
                f"{where}.agents: {experiment.agents}: expected fewer than the {experiment.participants} "
                "participants, since somebody has to be the host"
            )
        if experiment.organisation not in scenario.organisations:
            known = ", ".join(scenario.organisations) or "none"
            raise ScenarioError(
                f"{where}.organisation: {experiment.organisation!r}: no such organisation; known are {known}"
            )
    for state_id, state in scenario.states.items():
        _check_state(f"{path.name}: states.{state_id}", state)


def _check_state(where: str, state: StateSpec) -> None:
    for part in (state, state.continuous, state.sparse):
        if part is not None and part.scale_min >= part.scale_max:
            raise ScenarioError(
                f"{where}: scale_min: {part.scale_min}: expected a number below scale_max {part.scale_max}"
            )
    sparse = state.sparse
    if sparse and (list(sparse.at_s) != sorted(set(sparse.at_s)) or sparse.at_s[-1] >= state.duration_s):
        raise ScenarioError(
            f"{where}.sparse.at_s: {list(sparse.at_s)}: expected rising seconds below the video's "
            f"duration_s of {state.duration_s:g}"
        )


def as_table(spec: Any) -> dict[str, Any]:
    """The resolved scenario as plain values, for showing it."""
    table = dataclasses.asdict(spec)
    return {key: value for key, value in table.items() if value is not None}
