"""Sandboxes over HTTP: list, make, look at, reset and delete them, and mint keys that choose one."""

from collections.abc import Callable
from dataclasses import asdict
from itertools import chain
from typing import Any, TypeVar

from flask import Response

from mockserver.control.clock import CLOCK, clock_data
from mockserver.control.errors import ConflictingError, ControlError, UnknownError
from mockserver.control.sandbox_orders import SettingsSchema, key_order, reset_parts, sandbox_order
from mockserver.door.choice import PREFIX, known_sandboxes
from mockserver.door.credentials import fingerprint
from mockserver.sandbox.sandbox import DEFAULT_NAME, Sandbox
from mockserver.sandbox.sandboxes import ConflictError, Sandboxes, TooManyError
from mockserver.sandbox.settings import Settings
from mockserver.simulation.scenario.specs import KeySpec
from mockserver.web.requests import current_sandboxes
from mockserver.web.responses import json_response
from mockserver.words.errors import ScenarioError, SettingsError
from mockserver.words.json_schema import COUNT, FLAG, INSTANT, NAMES, TEXT, list_of, object_of, optional
from mockserver.words.timestamps import iso_from_ms

__all__ = [
    "DELETED",
    "KEY",
    "SANDBOX",
    "SANDBOXES",
    "create",
    "delete",
    "list_all",
    "mint_key",
    "read",
    "reset",
]

T = TypeVar("T")
_SECRETS = ("token_secret", "link_secret")
_BRIEF = {"name": TEXT, "scenario": TEXT, "seed": COUNT, "prefix": TEXT}
_KEY = {
    "name": TEXT,
    "fingerprint": TEXT,
    "scopes": NAMES,
    "organisation": TEXT,
    "expiresAt": optional(INSTANT),
}

SANDBOXES = object_of("Sandboxes", sandboxes=list_of(object_of(**_BRIEF)), total=COUNT)
SANDBOX = object_of(
    "Sandbox",
    **_BRIEF,
    settings={"type": "object", "additionalProperties": True},
    ownSecrets=NAMES,
    instant=optional(INSTANT),
    clock=CLOCK,
    revision=COUNT,
    journal=object_of(entries=COUNT, bytes=COUNT, evicted=COUNT),
    keys=list_of(object_of(**_KEY)),
)
KEY = object_of("MintedKey", key=TEXT, **_KEY)
DELETED = object_of("DeletedSandbox", name=TEXT, deleted=FLAG)


def list_all() -> Response:
    """Every sandbox, in the order in which they were made."""
    briefs = [_brief(sandbox) for sandbox in current_sandboxes().all()]
    return json_response({"sandboxes": briefs, "total": len(briefs)})


def read(name: str) -> Response:
    """What a sandbox is made of, and how it is now."""
    return json_response(_data(_known(name)))


def create(name: str) -> Response:
    """Make a sandbox: 201; or find that it is there and made of the same: 200.

    What the body leaves out is as in the default sandbox, which the server's flags made (inferred).

    Raises:
        ControlError: The name or the body is wrong, or there is no such scenario.
        ConflictingError: It is there and made of something else, or there are too many.
    """
    sandboxes = current_sandboxes()
    order = sandbox_order(sandboxes.order(DEFAULT_NAME))
    sandbox, is_new = _done(lambda: sandboxes.create(name, order))
    return json_response(_data(sandbox), 201 if is_new else 200)


def reset(name: str) -> Response:
    """Put parts of a sandbox back to the beginning; minted keys stay.

    Raises:
        ControlError: The body names a part that there is not.
        UnknownError: There is no such sandbox.
        ConflictingError: Its clock alone cannot go back before something that was written.
    """
    sandboxes, parts = current_sandboxes(), reset_parts()
    _known(name)
    sandbox = _done(lambda: sandboxes.reset(name, parts))
    answer = json_response(_data(sandbox))
    # Others go on in the new generation meanwhile; only who resets waits for the old rows to go.
    sandboxes.sweep()
    return answer


def delete(name: str) -> Response:
    """Forget a sandbox with all that was written to it.

    Raises:
        UnknownError: There is no such sandbox.
        ConflictingError: It is the default one.
    """
    sandboxes = current_sandboxes()
    if not _done(lambda: sandboxes.delete(name)):
        raise _unknown(name, sandboxes)
    return json_response({"name": name, "deleted": True})


def mint_key(name: str) -> Response:
    """Make an API key that is good for one sandbox, and chooses it.

    Raises:
        ControlError: The body is wrong.
        UnknownError: There is no such sandbox.
    """
    sandboxes, order, sandbox = current_sandboxes(), key_order(), _known(name)
    organisation = order.organisation or _organisation(sandbox)
    expires_ms = None if order.expires_in_s is None else sandbox.clock.now_ms() + order.expires_in_s * 1000
    key = _done(lambda: sandboxes.mint_key(name, order.scopes, organisation, expires_ms))
    known = sandbox.keys.find(key.value)
    return json_response({"key": key.value, **_key(known[0] if known else "", key)}, 201)


def _known(name: str) -> Sandbox:
    sandboxes = current_sandboxes()
    sandbox = sandboxes.get(name)
    if sandbox is None:
        raise _unknown(name, sandboxes)
    return sandbox


def _unknown(name: str, sandboxes: Sandboxes) -> UnknownError:
    return UnknownError(f"There is no sandbox {name[:64]!r}. {known_sandboxes(sandboxes)}")


def _done(change: Callable[[], T]) -> T:
    """Make a change, and say in this API's errors why it cannot be."""
    try:
        return change()
    except (ConflictError, TooManyError) as error:
        raise ConflictingError(str(error)) from None
    except (ScenarioError, SettingsError, ValueError) as error:
        raise ControlError(str(error)) from None
    except KeyError as error:
        raise UnknownError(f"There is no sandbox {error} any more") from None


def _organisation(sandbox: Sandbox) -> str:
    """Whose key it is where nobody says so: that of the scenario's first key, or of its first experiment."""
    scenario = sandbox.study.base.scenario
    keys = (key.organisation for key in scenario.keys.values())
    experiments = (experiment.organisation for experiment in scenario.experiments.values())
    return next(chain(keys, experiments), "org_main")


def _brief(sandbox: Sandbox) -> dict[str, Any]:
    return {
        "name": sandbox.name,
        "scenario": sandbox.settings.scenario,
        "seed": sandbox.study.base.seed,
        "prefix": PREFIX + sandbox.name,
    }


def _data(sandbox: Sandbox) -> dict[str, Any]:
    journal, settings = sandbox.journal, sandbox.settings
    return {
        **_brief(sandbox),
        "settings": _settings(settings),
        "ownSecrets": [_spelt(name) for name in _SECRETS if getattr(settings, name) != getattr(Settings(), name)],
        "instant": None if sandbox.instant_ms is None else iso_from_ms(sandbox.instant_ms),
        "clock": clock_data(sandbox.clock),
        "revision": sandbox.study.revision,
        "journal": {"entries": len(journal), "bytes": journal.weight, "evicted": journal.evicted},
        "keys": [_key(name, key) for name, key in sandbox.keys.minted.items()],
    }


def _settings(settings: Settings) -> dict[str, Any]:
    """As a body would say them, without the secrets."""
    values = asdict(settings)
    named = {name: values[name] for name in SettingsSchema().fields if name not in _SECRETS}
    moment = named["now"]
    named["now"] = iso_from_ms(moment) if isinstance(moment, int) else moment
    return {_spelt(name): value for name, value in named.items()}


def _spelt(name: str) -> str:
    return SettingsSchema().fields[name].data_key or name


def _key(name: str, key: KeySpec) -> dict[str, Any]:
    return {
        "name": name,
        "fingerprint": fingerprint(key.value),
        "scopes": list(key.scopes),
        "organisation": key.organisation,
        "expiresAt": None if key.expires_ms is None else iso_from_ms(key.expires_ms),
    }
