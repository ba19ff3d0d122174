"""`mockserver check`: options in, lines and an exit code out. What it needs is loaded when it runs."""

import click

from mockserver.command.options import chosen_world, served_option, world_options

__all__ = ["check_command"]

_DEFAULT_KEY = "hst_live_your_key_here"
# What the command ends with where a rule is neither proven nor broken.
_NOT_CHECKED = 4

_HELP = """\
Prove the thirteen invariants through the public API.

Checks a running server (--url), or a scenario in this process. Ends with 0 if all of them hold, with 1 if one
is broken, with 4 if none is but one could not be checked, and with another code if no check could be made.

The correlation that was planted (13) is told by no public endpoint, so that alone comes from the emulator's
control API, which wants its token from other machines; where it does not say, 13 could not be checked.
"""


@click.command("check", help=_HELP)
@click.option("--url", metavar="URL", help="A running server, e.g. http://localhost:4747.")
@click.option(
    "--key",
    "keys",
    metavar="KEY",
    multiple=True,
    help=f"API key; may be given several times, for several organisations.  [default: {_DEFAULT_KEY}, or "
    "those of the scenario]",
)
@served_option(
    "--control-token",
    metavar="TOKEN",
    help="The server's own, where it is asked from another machine or through a proxy.",
)
@world_options(click.option)
@click.option(
    "--experiment",
    "experiments",
    metavar="ID",
    multiple=True,
    help="An experiment to check; may be given several times.  [default: all that the keys list]",
)
@click.option(
    "--rooms",
    metavar="N",
    type=click.IntRange(1),
    help="Look into N rooms of each experiment, evenly spread.  [default: all]",
)
@click.pass_context
def check_command(
    context: click.Context,
    *,
    url: str | None,
    keys: tuple[str, ...],
    control_token: str | None,
    scenario: str | None,
    seed: int | None,
    experiments: tuple[str, ...],
    rooms: int | None,
) -> None:
    """Check, print a line for each invariant, and exit with 1 if one is broken, with 4 if one was not checked."""
    # The simulation and NumPy take most of a start; --help need not wait for them.
    from mockserver.check.lines import lines_of, summary_of
    from mockserver.check.session import check, reader_at, reader_of
    from mockserver.door.credentials import CONTROL_TOKEN

    if url is not None and not (scenario is None and seed is None):
        raise click.UsageError("--url checks a server as it is: leave --scenario and --seed out.")
    settings = chosen_world(context, scenario, seed)
    sent = {CONTROL_TOKEN: control_token} if control_token else {}
    opened = reader_at(url, keys or (_DEFAULT_KEY,), sent) if url is not None else reader_of(settings, keys)
    with opened as reader:
        results, looked_into, forbidden = check(reader, experiments, rooms)
    for experiment_id in forbidden:
        click.echo(f"not looked at, no key may read it: {experiment_id}", err=True)
    click.echo("\n".join([*lines_of(results), summary_of(results, looked_into)]))
    if any(result.broken for result in results):
        context.exit(1)
    if any(result.skipped for result in results):
        context.exit(_NOT_CHECKED)
