"""The command line: flags and environment become `Settings`; one small function a command.

What a command does lives in a module of its own, imported only when the command runs: loading the whole
emulator takes most of a start, and `--help` or a signal should not have to wait for it.
"""

import gc
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.command.banner import Announcement, banner, exposure_warning, ready_line
from mockserver.command.check import check_command
from mockserver.command.fidelity import fidelity_command
from mockserver.command.flags import passed_over, process_settings, sandbox_settings, served_flags
from mockserver.command.health import health_command
from mockserver.command.manner import ServingManner
from mockserver.command.options import chosen_world, given_path, whole_number, world_options
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
_TOLD_EVERY_FILES = 100

_HELP = """\
A local emulator of the HyperStudy data API v3 and the OpenScouter ingestion API: both on one port,
populated, deterministic, without account or network.

Without a command it serves until Ctrl-C or SIGTERM. A flag wins over its environment variable, that over
the scenario, that over the default.
"""

_EPILOG = """\
\b
Examples:
  mockserver                                  serve the demo world on http://localhost:4747
  mockserver --scenario pair --port 0         a small world for tests, on any free port
  mockserver --json --ready-file ready.json   for programs: how to reach it, as one JSON object
  mockserver export --scenario pair --out golden
"""


@click.group(
    "mockserver",
    invoke_without_command=True,
    help=_HELP,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@served_flags
@click.version_option(VERSION, prog_name="mockserver", message="%(prog)s %(version)s")
@click.pass_context
def cli(
    context: click.Context,
    /,
    *,
    watch: bool,
    verbose: bool,
    quiet: bool,
    as_json: bool,
    ready_file: Path | None,
    **given: Any,
) -> None:
    """Serve, unless a command follows."""
    context.obj = sandbox_settings(given)
    if context.invoked_subcommand is None:
        _print(passed_over(context), to_stderr=True)
        how = ServingManner(watch=watch, verbose=verbose, ready_path=ready_file)
        _serve(context.obj, process_settings(given), how, quiet=quiet, as_json=as_json)


@cli.command("export", help="Write golden answers into a folder, in every format.")
@world_options(click.option)
@click.option("--out", required=True, metavar="DIR", callback=given_path, help="Folder to fill.")
@click.pass_context
def export_command(context: click.Context, *, scenario: str | None, seed: int | None, out: Path) -> None:
    from mockserver.command.export import Written, export

    begun: set[str] = set()

    def tell(written: Written) -> None:
        """A line as each folder begins and now and then, so that whoever waits sees what for."""
        folder = written.name.rpartition("/")[0]
        if folder not in begun or written.files % _TOLD_EVERY_FILES == 0:
            begun.add(folder)
            _print([f"{written.name}: {written.size} so far"], to_stderr=True)

    written = export(chosen_world(context, scenario, seed), out, tell)
    click.echo(f"{written.size} written to {out}")


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
    from mockserver.app import check_secrets
    from mockserver.ingestion.tokens import mint

    given = {"subject": subject, "ttl_s": ttl_s}
    chosen: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    settings: Settings = context.find_object(Settings) or Settings()
    check_secrets(settings, ProcessSettings())
    click.echo(mint(settings.token_secret, wall_ms(), **chosen))


cli.add_command(check_command)
cli.add_command(fidelity_command)
cli.add_command(health_command)
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


def _serve(settings: Settings, process: ProcessSettings, how: ServingManner, *, quiet: bool, as_json: bool) -> None:
    logging.basicConfig(format="mockserver: %(message)s", level=logging.WARNING)

    def announce(announcement: Announcement, server: "Server") -> None:
        lines = [announcement.as_json()] if as_json else [ready_line(announcement)]
        warning = [exposure_warning(process.host)] if server.exposed else []
        if as_json or quiet:
            _print(warning, to_stderr=True)
        else:
            styled = sys.stdout is not None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
            lines = [*banner(announcement, styled=styled), *warning, *lines]
        _print(lines)

    stop = StopSignals()
    with stop.heard():
        # What is loaded stays: looking through it for garbage again and again costs a tenth of a start.
        gc.disable()
        from mockserver.command.serve import serve

        gc.freeze()
        gc.enable()
        if not stop.requested:
            serve(settings, process, how, announce=announce, stop=stop)


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
