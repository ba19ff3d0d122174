"""The flags of the server, each with its twin in the environment, and the settings that come of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, get_args

import click
from click.core import ParameterSource

from mockserver.command.options import given_path, served_option, whole_number, world_options
from mockserver.sandbox.origins import DEFAULT, normal_origins
from mockserver.sandbox.settings import ProcessSettings, Settings
from mockserver.words.errors import SettingsError
from mockserver.words.fidelity import Fidelity
from mockserver.words.timestamps import YEAR_9000_MS, parse_iso_us

__all__ = ["passed_over", "process_settings", "sandbox_settings", "served_flags"]

_DEFAULTS = Settings()
_PROCESS = ProcessSettings()
_PASSED_OVER = "mockserver.passed_over"

_Command = Callable[..., Any]


def _port(context: click.Context, parameter: click.Parameter, value: str | None) -> int | None:
    """A port; the address that Kubernetes puts under the same name for a service `mockserver` is none."""
    from_environment = context.get_parameter_source(str(parameter.name)) is ParameterSource.ENVIRONMENT
    if value is not None and value.startswith("tcp://") and from_environment:
        context.meta[_PASSED_OVER] = value
        return _PROCESS.port
    return whole_number(0, 65535)(context, parameter, value)


def _instant(context: click.Context, parameter: click.Parameter, value: str | None) -> Literal["machine"] | int | None:
    if value is None or value == "machine":
        return "machine" if value else None
    try:
        instant_ms = parse_iso_us(value) // 1000
    except ValueError:
        instant_ms = YEAR_9000_MS + 1
    if instant_ms > YEAR_9000_MS:
        raise click.BadParameter(f"{value!r} is neither machine nor an instant such as 2026-03-16T10:00:00Z.")
    return instant_ms


def _listed(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, value.split(","))))


def _origins(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    try:
        return normal_origins(_listed(context, parameter, value))
    except SettingsError as error:
        raise click.BadParameter(f"{error}.") from None


_FLAGS = (
    served_option(
        "--host",
        default=_PROCESS.host,
        show_default=True,
        help="Address to listen on: localhost is 127.0.0.1 and [::1], '*' every address of this machine.",
    ),
    served_option(
        "--port",
        "-p",
        metavar="N",
        default=str(_PROCESS.port),
        show_default=True,
        callback=_port,
        help="Port to listen on; 0 picks a free one.",
    ),
    served_option(
        "--public-url",
        "public_urls",
        metavar="URL",
        multiple=True,
        help="Where clients reach this server, e.g. behind a proxy: links begin with it, and /_mock answers to its "
        "host. May be given several times (in the environment: with spaces between).",
    ),
    served_option(
        "--trusted-proxies",
        metavar="LIST",
        default="",
        callback=_listed,
        help="Addresses and networks, with commas between, whose Forwarded and X-Forwarded-* headers count.",
    ),
    served_option(
        "--tls-cert",
        metavar="PATH",
        callback=given_path,
        help="Serve HTTPS, with this certificate (PEM).",
    ),
    served_option(
        "--tls-key",
        metavar="PATH",
        callback=given_path,
        help="Its key (PEM, no passphrase).  [default: in the certificate's file]",
    ),
    world_options(served_option),
    served_option(
        "--now",
        metavar="machine|INSTANT",
        callback=_instant,
        help="Move the experiments so that they ended two hours before the machine's time at the start, or before an "
        "instant; the clock begins there.  [default: the scenario's]",
    ),
    served_option("--watch", is_flag=True, help="Read the scenario again when its file was edited, and begin anew."),
    served_option(
        "--reading",
        type=click.Choice(["documented", "observed"]),
        default=_DEFAULTS.reading,
        show_default=True,
        help="Where sources disagree: what the documentation says, or what the official client saw.",
    ),
    served_option(
        "--only",
        "least_fidelity",
        type=click.Choice(get_args(Fidelity)),
        default=_DEFAULTS.least_fidelity,
        show_default=True,
        help="Hide every operation, parameter and field whose label is weaker, in answers and documents.",
    ),
    served_option("--rate-limits", is_flag=True, help="Enforce the documented limits on requests, in both APIs."),
    served_option(
        "--strict-sessions", is_flag=True, help="Ingestion answers 404 for sessions that the scenario has not."
    ),
    served_option(
        "--max-body-bytes",
        metavar="N",
        default=str(_DEFAULTS.max_body_bytes),
        show_default=True,
        callback=whole_number(1, 2**31),
        help="A larger request body is answered with 413.",
    ),
    served_option("--compress", is_flag=True, help="Send JSON, CSV and other text compressed to who accepts gzip."),
    served_option(
        "--allowed-origins",
        metavar="LIST",
        default=DEFAULT,
        show_default=True,
        callback=_origins,
        help="Origins of web pages that may call, with commas between, in place of the default ones; the word default "
        "stands for those (this machine, extensions), * is anything.",
    ),
    served_option(
        "--token-secret", metavar="TEXT", default=_DEFAULTS.token_secret, help="Signs ingestion tokens (HS256)."
    ),
    served_option("--link-secret", metavar="TEXT", default=_DEFAULTS.link_secret, help="Signs links to recordings."),
    served_option(
        "--control-token",
        metavar="TEXT",
        help="Lets other machines steer the emulator at /_mock.  [default: only this machine may]",
    ),
    served_option(
        "--store-url",
        metavar="URL",
        help="Database of what clients write, e.g. sqlite:///run.db.  [default: in memory]",
    ),
    served_option(
        "--journal-entries",
        metavar="N",
        default=str(_DEFAULTS.journal_entries),
        show_default=True,
        callback=whole_number(1, 2**31),
        help="How many requests the journal holds; then it drops the oldest.",
    ),
    served_option(
        "--journal-bytes",
        metavar="N",
        default=str(_DEFAULTS.journal_bytes),
        show_default=True,
        callback=whole_number(1, 2**40),
        help="What they may weigh together; then it drops old bodies first.",
    ),
    served_option("--verbose", is_flag=True, help="Print a line for each request, on standard error."),
    served_option("--quiet", is_flag=True, help="Print the last line only: ready http://..."),
    served_option("--json", "as_json", is_flag=True, help="Print one JSON object instead: url, ids, keys, token, ..."),
    served_option(
        "--ready-file",
        metavar="PATH",
        callback=given_path,
        help="Write that object to a file once requests are answered; it is removed at exit.",
    ),
)
_OF_SANDBOX = (
    "seed", "now", "reading", "least_fidelity", "rate_limits", "strict_sessions", "max_body_bytes", "allowed_origins",
    "token_secret", "link_secret", "journal_entries", "journal_bytes",
)  # fmt: skip
_OF_PROCESS = (
    "host", "port", "public_urls", "trusted_proxies", "tls_cert", "tls_key", "compress", "control_token", "store_url",
)  # fmt: skip


def served_flags(command: _Command) -> _Command:
    """Give a command every flag of the server, in the order in which the help shows them."""
    for flag in reversed(_FLAGS):
        command = flag(command)
    return command


def sandbox_settings(given: Mapping[str, Any]) -> Settings:
    """The settings of the default sandbox that flags name."""
    scenario = given["scenario"]
    return Settings(
        scenario=_DEFAULTS.scenario if scenario is None else scenario, **{name: given[name] for name in _OF_SANDBOX}
    )


def process_settings(given: Mapping[str, Any]) -> ProcessSettings:
    """The settings of the process that flags name."""
    return ProcessSettings(**{name: given[name] for name in _OF_PROCESS})


def passed_over(context: click.Context) -> Sequence[str]:
    """What a person should know of the environment, a line each."""
    value = context.meta.get(_PASSED_OVER)
    if value is None:
        return ()
    said = f"MOCKSERVER_PORT is {value}, an address that Kubernetes sets for a service of this name, and no port"
    return (f"mockserver: {said}: passed over",)
