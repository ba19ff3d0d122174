"""`mockserver check`: options in, lines and an exit code out. What it needs is loaded when it runs."""

import click

from mockserver.command.options import chosen_world, world_options

__all__ = ["check_command"]

_DEFAULT_KEY = "hst_live_your_key_here"

_HELP = """\
Prove the thirteen invariants through the public API.

Checks a running server (--url), or a scenario in this process. Ends with 0 if all of them hold, with 1 if one
is broken, and with another code if the check could not be made.

The correlation that was planted (13) is told by no public endpoint, so that alone comes from the emulator's
control API; where it does not say, 13 is not checked.
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
    scenario: str | None,
    seed: int | None,
    experiments: tuple[str, ...],
    rooms: int | None,
) -> None:
    """Check, print a line for each invariant, and exit with 1 if one is broken."""
    # The simulation and NumPy take most of a start; --help need not wait for them.
    from mockserver.check.lines import lines_of, summary_of
    from mockserver.check.session import check, reader_at, reader_of

    if url is not None and not (scenario is None and seed is None):
        raise click.UsageError("--url checks a server as it is: leave --scenario and --seed out.")
    settings = chosen_world(context, scenario, seed)
    opened = reader_at(url, keys or (_DEFAULT_KEY,)) if url is not None else reader_of(settings, keys)
    with opened as reader:
        results, looked_into, forbidden = check(reader, experiments, rooms)
    for experiment_id in forbidden:
        click.echo(f"not looked at, no key may read it: {experiment_id}", err=True)
    click.echo("\n".join([*lines_of(results), summary_of(results, looked_into)]))
    if any(result.broken for result in results):
        context.exit(1)
