"""`mockserver scenarios` and `mockserver scenario check|show|plot`. What they need is loaded when they run."""

from pathlib import Path
from typing import Any

import click

from mockserver.command.options import chosen_world, given_path, seed_option

__all__ = ["scenario_group", "scenarios_command"]

_SOURCE = "NAME|FILE"


@click.command("scenarios", help="List the shipped scenarios: what each is called and what it is for.")
def scenarios_command() -> None:
    from mockserver.simulation.library import load_scenario, scenario_names

    names = scenario_names()
    width = max(map(len, names))
    click.echo("\n".join(f"{name:<{width}}  {load_scenario(name).about}" for name in names))


@click.group("scenario", help="Check, show or plot one scenario.", no_args_is_help=False)
def scenario_group() -> None:
    pass


@scenario_group.command("check", short_help="Find the mistakes in a scenario file.")
@click.argument("source", metavar=_SOURCE)
@click.pass_context
def check_command(context: click.Context, *, source: str) -> None:
    """Find the mistakes in a scenario file: one line each, with file, line, key and value.

    Ends with 0 if there are none, and with 3 otherwise. Warns of rooms that are not over when the clock begins.
    """
    from mockserver.simulation.library import ScenarioFile, read_scenario
    from mockserver.words.errors import ScenarioError

    try:
        file: ScenarioFile = read_scenario(source)
    except ScenarioError as error:
        click.echo(str(error))
        context.exit(error.exit_code)
    for warning in file.warnings():
        click.echo(warning)
    experiments = file.scenario.experiments.values()
    extended = f"; extends {', which extends '.join(file.files[1:])}" if file.files[1:] else ""
    rooms = sum(experiment.rooms for experiment in experiments)
    people = sum(experiment.rooms * experiment.participants for experiment in experiments)
    held = (_counted(len(experiments), "experiment"), _counted(rooms, "room"), _counted(people, "participant"))
    click.echo(f"{source}: ok: {', '.join(held)}{extended}")


@scenario_group.command("show", short_help="Print the whole of a scenario, defaults included.")
@click.argument("source", metavar=_SOURCE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of TOML; what is not set is null.")
@click.option("--out", metavar="FILE", callback=given_path, help="Write it to a file instead.")
def show_command(*, source: str, as_json: bool, out: Path | None) -> None:
    """Print the whole of a scenario as a file that extends nothing, every default filled in. It is UTF-8."""
    import json

    from mockserver.simulation.library import read_scenario
    from mockserver.simulation.written_out import scenario_table, scenario_toml

    file = read_scenario(source)
    if as_json:
        table: dict[str, Any] = {"name": file.scenario.name, **scenario_table(file.scenario)}
        text = json.dumps(table, default=_written, ensure_ascii=False, indent=2) + "\n"
    else:
        text = scenario_toml(file)
    _put(text.encode(), out)


@scenario_group.command("plot", short_help="Draw one room: drift, ratings, and who was there.")
@click.argument("source", metavar=_SOURCE)
@click.option("--out", required=True, metavar="FILE", callback=given_path, help="A .png or an .svg file.")
@click.option("--room", metavar="ID", help="Which room.  [default: the first with sync data and ratings]")
@seed_option(click.option)
@click.pass_context
def plot_command(context: click.Context, *, source: str, out: Path, room: str | None, seed: int | None) -> None:
    """Draw one room of a scenario: drift, ratings, and who was there.

    Needs matplotlib in the environment that mockserver runs in.
    """
    from mockserver.plots.write import check_can_plot, write_plot
    from mockserver.simulation.library import load_scenario
    from mockserver.simulation.world import World

    check_can_plot(out)
    scenario = load_scenario(source)
    wanted = chosen_world(context, source, seed).seed
    plotted = write_plot(World(scenario, scenario.seed if wanted is None else wanted), out, room)
    click.echo(f"{out}: {plotted}")


def _put(data: bytes, out: Path | None) -> None:
    """Print or write bytes as they are: a terminal, or a system with another encoding, would change text.

    Raises:
        SettingsError: The file cannot be written.
    """
    from mockserver.words.errors import SettingsError

    if out is None:
        click.echo(data, nl=False)
        return
    try:
        out.write_bytes(data)
    except OSError as error:
        raise SettingsError(f"--out {out}: cannot be written: {error.strerror}") from None
    click.echo(f"{out}: {_counted(len(data), 'byte')}")


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _written(instant: Any) -> str:
    """The one kind of value in a scenario that JSON does not have."""
    return str(instant.isoformat()).replace("+00:00", "Z")
