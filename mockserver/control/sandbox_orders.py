"""What a body says of a sandbox to be made, reset, or given a key."""

from dataclasses import dataclass, replace
from typing import Any, get_args

from jwt.exceptions import InvalidKeyError
from marshmallow import EXCLUDE, Schema

from mockserver.control.bodies import body_schema, read_body
from mockserver.control.errors import ControlError
from mockserver.control.fields import Flag, Instant, Moment, Texts
from mockserver.ingestion.fields import Choice, Filled, Number, Record, Text, Whole, Within
from mockserver.ingestion.tokens import mint
from mockserver.sandbox.sandboxes import PARTS, Order, Part
from mockserver.simulation.scenario.specs import KEY_SCOPES
from mockserver.words.errors import SettingsError
from mockserver.words.fidelity import Fidelity

__all__ = [
    "KEY_ORDER",
    "RESET",
    "SANDBOX_ORDER",
    "KeyOrder",
    "SettingsSchema",
    "key_order",
    "reset_parts",
    "sandbox_order",
]

_LARGEST = 2**31
_LONGEST_S = 10 * 365 * 86_400


def _about(description: str) -> dict[str, str]:
    return {"description": description}


class _Closed(Schema):
    """Unknown fields are told elsewhere (`bodies.py`)."""

    class Meta:
        unknown = EXCLUDE


class SettingsSchema(_Closed):
    """`Settings` but for the world's own, under the names of JSON."""

    reading = Text(
        validate=Choice("documented", "observed"), metadata=_about("Which source counts where sources disagree")
    )
    # Marshmallow has an `only` of its own.
    least_fidelity = Text(
        data_key="only",
        validate=Choice(*get_args(Fidelity)),
        metadata=_about("The weakest label that is served; `inferred` hides nothing"),
    )
    rate_limits = Flag(data_key="rateLimits", metadata=_about("The documented limits on requests are enforced"))
    strict_sessions = Flag(data_key="strictSessions", metadata=_about("Ingestion knows the scenario's sessions alone"))
    max_body_bytes = Whole(
        data_key="maxBodyBytes", validate=Within(1, _LARGEST), metadata=_about("A larger body is answered with 413")
    )
    allowed_origins = Texts(
        Text(validate=Filled()), data_key="allowedOrigins", metadata=_about("Origins of web pages that may call")
    )
    token_secret = Text(data_key="tokenSecret", validate=Filled(), metadata=_about("Signs ingestion tokens (HS256)"))
    link_secret = Text(data_key="linkSecret", validate=Filled(), metadata=_about("Signs recording links"))
    now = Moment(metadata=_about("Where the experiments are moved: an instant, or `machine` for the machine's time"))
    journal_entries = Whole(
        data_key="journalEntries", validate=Within(1, 1_000_000), metadata=_about("How many requests the journal holds")
    )
    journal_bytes = Whole(
        data_key="journalBytes", validate=Within(1, _LARGEST), metadata=_about("What they may weigh together")
    )


class _ClockSchema(_Closed):
    now = Instant(metadata=_about("What the clock says first"))
    speed = Number(validate=Within(0, 1_000_000), metadata=_about("Simulated ms per real ms; 0 stands still"))


class _SandboxSchema(_Closed):
    scenario = Text(validate=Filled(), metadata=_about("Name of a shipped scenario, or the path of a TOML file"))
    seed = Whole(validate=Within(0, 2**63 - 1), metadata=_about("World seed; without one, the scenario's"))
    settings = Record(SettingsSchema)
    clock = Record(_ClockSchema)


class _ResetSchema(_Closed):
    # Marshmallow has an `only` of its own.
    parts = Texts(
        Text(validate=Choice(*PARTS)),
        data_key="only",
        metadata=_about("What is put back; everything where it is left out"),
    )


class _KeySchema(_Closed):
    scopes = Texts(Text(validate=Choice(*KEY_SCOPES)), metadata=_about("What the key permits; `*` is everything"))
    organisation = Text(validate=Filled(), metadata=_about("Whose data it sees; the scenario's first where left out"))
    expires_in_s = Whole(
        data_key="expiresInSeconds",
        validate=Within(-_LONGEST_S, _LONGEST_S),
        metadata=_about("From the sandbox's now; negative for a key that has expired, without it the key never does"),
    )


SANDBOX_ORDER = body_schema("SandboxOrder", _SandboxSchema())
RESET = body_schema("SandboxReset", _ResetSchema())
KEY_ORDER = body_schema("KeyOrder", _KeySchema())


@dataclass(frozen=True, slots=True)
class KeyOrder:
    """Which key to make; None leaves the organisation to the scenario, and a key without an end."""

    scopes: tuple[str, ...] = ("*",)
    organisation: str | None = None
    expires_in_s: int | None = None


def sandbox_order(base: Order) -> Order:
    """What the request's body says a sandbox is made of.

    Args:
        base: Holds for what the body leaves out: what the server was started with. A seed that was set for it is
            not used for another scenario (inferred).

    Raises:
        ControlError: The body is wrong somewhere.
    """
    body = read_body(_SandboxSchema())
    try:
        settings = replace(base.settings, **_world_of(body, base), **body.get("settings", {}))
    except SettingsError as error:
        raise ControlError(f"Invalid value for settings.allowedOrigins: {error}") from None
    _refuse_useless_secret(settings.token_secret)
    clock = body.get("clock", {})
    return Order(settings, clock.get("now", base.now_ms), clock.get("speed", base.speed))


def reset_parts() -> tuple[Part, ...]:
    """The parts that the request's body names; all where it names none.

    Raises:
        ControlError: One is unknown, or the list is empty.
    """
    only: tuple[Part, ...] = read_body(_ResetSchema()).get("parts", PARTS)
    if not only:
        raise ControlError(f"only is empty: name some of {', '.join(PARTS)}, or leave it out to reset all")
    return only


def key_order() -> KeyOrder:
    """The key that the request's body orders.

    Raises:
        ControlError: A field is wrong.
    """
    return KeyOrder(**read_body(_KeySchema()))


def _world_of(body: dict[str, Any], base: Order) -> dict[str, Any]:
    scenario = body.get("scenario", base.settings.scenario)
    seed = base.settings.seed if scenario == base.settings.scenario else None
    return {"scenario": scenario, "seed": body.get("seed", seed)}


def _refuse_useless_secret(secret: str) -> None:
    try:
        mint(secret, 0)
    except InvalidKeyError as error:
        raise ControlError(f"settings.tokenSecret cannot sign with HS256: {error}") from None
