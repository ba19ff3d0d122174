"""The command line: flags and environment become `Settings`; one small function a command.

What a command does lives in a module of its own, imported only when the command runs: loading the whole
emulator takes most of a start, and `--help` or a signal should not have to wait for it.
"""

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from mockserver.command.banner import Announcement, banner, exposure_warning, ready_line
from mockserver.command.check import check_command
from mockserver.command.fidelity import fidelity_command
from mockserver.command.options import chosen_world, given_path, served_option, whole_number, world_options
from mockserver.command.scenarios import scenario_group, scenarios_command
from mockserver.command.stop_signals import StopSignals
from mockserver.sandbox.clock import wall_ms
from mockserver.sandbox.settings import ProcessSettings, Settings
from mockserver.words.errors import MockserverError
from mockserver.words.version import VERSION

if TYPE_CHECKING:
    from mockserver.server import Server

__all__ = ["cli", "main"]

_INTERRUPTED = 130
_DEFAULTS = Settings()
_PROCESS = ProcessSettings()

_HELP = """\
A local emulator of the HyperStudy data API v3 and the OpenScouter ingestion API: both on one port,
populated, deterministic, without account or network.

Without a command it serves until Ctrl-C or SIGTERM. A flag wins over its environment variable, that over
the scenario, that over the default.
"""

_EPILOG = """\
\b
Examples:
  mockserver                                  serve the demo world on http://127.0.0.1:4747
  mockserver --scenario pair --port 0         a small world for tests, on any free port
  mockserver --json --ready-file ready.json   for programs: how to reach it, as one JSON object
  mockserver export --scenario pair --out golden
"""


@click.group("mockserver", invoke_without_command=True, help=_HELP, epilog=_EPILOG)
@served_option("--host", default=_PROCESS.host, show_default=True, help="Address to listen on.")
@served_option(
    "--port",
    metavar="N",
    default=str(_PROCESS.port),
    show_default=True,
    callback=whole_number(0, 65535),
    help="Port to listen on; 0 picks a free one.",
)
@world_options(served_option)
@served_option(
    "--reading",
    type=click.Choice(["documented", "observed"]),
    default=_DEFAULTS.reading,
    show_default=True,
    help="Where sources disagree: what the documentation says, or what the official client saw.",
)
@served_option("--rate-limits", is_flag=True, help="Enforce the documented limits on requests, in both APIs.")
@served_option("--strict-sessions", is_flag=True, help="Ingestion answers 404 for sessions that the scenario has not.")
@served_option(
    "--max-body-bytes",
    metavar="N",
    default=str(_DEFAULTS.max_body_bytes),
    show_default=True,
    callback=whole_number(1, 2**31),
    help="A larger request body is answered with 413.",
)
@served_option(
    "--allowed-origins",
    metavar="LIST",
    default=",".join(_DEFAULTS.allowed_origins),
    help="Origins of web pages that may call, with commas between; * is anything.  [default: this machine, extensions]",
)
@served_option("--token-secret", metavar="TEXT", default=_DEFAULTS.token_secret, help="Signs ingestion tokens (HS256).")
@served_option("--link-secret", metavar="TEXT", default=_DEFAULTS.link_secret, help="Signs links to recordings.")
@served_option(
    "--control-token",
    metavar="TEXT",
    help="Lets other machines steer the emulator at /_mock.  [default: only this machine may]",
)
@served_option(
    "--store-url",
    metavar="URL",
    help="Database of what clients write, e.g. sqlite:///run.db.  [default: in memory]",
)
@served_option("--quiet", is_flag=True, help="Print the last line only: ready http://...")
@served_option("--json", "as_json", is_flag=True, help="Print one JSON object instead: url, ids, keys, token, ...")
@served_option(
    "--ready-file",
    metavar="PATH",
    callback=given_path,
    help="Write that object to a file once requests are answered; it is removed at exit.",
)
@click.version_option(VERSION, prog_name="mockserver", message="%(prog)s %(version)s")
@click.pass_context
def cli(
    context: click.Context,
    *,
    host: str,
    port: int,
    scenario: str | None,
    seed: int | None,
    reading: Literal["documented", "observed"],
    rate_limits: bool,
    strict_sessions: bool,
    max_body_bytes: int,
    allowed_origins: str,
    token_secret: str,
    link_secret: str,
    control_token: str | None,
    store_url: str | None,
    quiet: bool,
    as_json: bool,
    ready_file: Path | None,
) -> None:
    """Serve, unless a command follows."""
    context.obj = Settings(
        scenario=_DEFAULTS.scenario if scenario is None else scenario,
        seed=seed,
        reading=reading,
        rate_limits=rate_limits,
        strict_sessions=strict_sessions,
        max_body_bytes=max_body_bytes,
        allowed_origins=tuple(filter(None, map(str.strip, allowed_origins.split(",")))),
        token_secret=token_secret,
        link_secret=link_secret,
    )
    if context.invoked_subcommand is None:
        process = ProcessSettings(host=host, port=port, control_token=control_token, store_url=store_url)
        _serve(context.obj, process, quiet=quiet, as_json=as_json, ready_path=ready_file)


@cli.command("export", help="Write golden answers into a folder, in every format.")
@world_options(click.option)
@click.option("--out", required=True, metavar="DIR", callback=given_path, help="Folder to fill.")
@click.pass_context
def export_command(context: click.Context, *, scenario: str | None, seed: int | None, out: Path) -> None:
    from mockserver.command.export import export

    written = export(chosen_world(context, scenario, seed), out)
    click.echo(f"{written} files written to {out}")


@cli.command("token", help="Print a JWT for the ingestion API.")
@click.option("--subject", metavar="S", help="Whom it stands for.")
@click.option(
    "--ttl-s",
    metavar="N",
    callback=whole_number(-(2**31), 2**31),
    help="Seconds from now until it expires; negative for one that has expired.  [default: 86400]",
)
@click.pass_context
def token_command(context: click.Context, *, subject: str | None, ttl_s: int | None) -> None:
    from mockserver.ingestion.tokens import mint

    given = {"subject": subject, "ttl_s": ttl_s}
    chosen: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    settings: Settings = context.find_object(Settings) or _DEFAULTS
    click.echo(mint(settings.token_secret, wall_ms(), **chosen))


cli.add_command(check_command)
cli.add_command(fidelity_command)
cli.add_command(scenarios_command)
cli.add_command(scenario_group)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: What follows the program's name; None takes the process's.

    Returns:
        The exit code: 0, or an error's own after one line on standard error.
    """
    try:
        outcome = cli.main(args=arguments, prog_name="mockserver", standalone_mode=False)
    except MockserverError as error:
        return _fail(str(error), error.exit_code)
    except click.UsageError as error:
        return _fail(f"{error.format_message()} See --help.", error.exit_code)
    except click.ClickException as error:
        return _fail(error.format_message(), error.exit_code)
    except click.Abort:
        return _fail("interrupted", _INTERRUPTED)
    return outcome if isinstance(outcome, int) else 0


def _fail(message: str, exit_code: int) -> int:
    """Say it on standard error: a line, or as many as there are mistakes."""
    for line in message.splitlines():
        click.echo("mockserver: " + " ".join(line.split()), err=True)
    return exit_code


def _serve(
    settings: Settings, process: ProcessSettings, *, quiet: bool, as_json: bool, ready_path: Path | None
) -> None:
    logging.basicConfig(format="mockserver: %(message)s", level=logging.WARNING)

    def announce(announcement: Announcement, server: "Server") -> None:
        lines = [announcement.as_json()] if as_json else [ready_line(announcement)]
        warning = [exposure_warning(process.host)] if server.exposed else []
        if as_json or quiet:
            _print(warning, to_stderr=True)
        else:
            styled = sys.stdout is not None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
            lines = [*banner(announcement, styled=styled), *warning, *lines]
        _print(lines)

    stop = StopSignals()
    with stop.heard():
        from mockserver.command.serve import serve

        if not stop.requested:
            serve(settings, process, announce=announce, ready_path=ready_path, stop=stop)


def _print(lines: Sequence[str], *, to_stderr: bool = False) -> None:
    """Print them all in one write, so that a reader never sees half a banner.

    Raises:
        MockserverError: Whoever reads the output is gone, or the disk behind it is full.
    """
    if lines:
        try:
            click.echo("\n".join(lines), err=to_stderr)
        except OSError as error:
            raise MockserverError(f"cannot write to the output: {error.strerror}") from None
