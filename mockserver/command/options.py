"""Options that several commands take, and the settings that come of them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from mockserver.sandbox.settings import Settings

__all__ = ["chosen_world", "given_path", "seed_option", "served_option", "whole_number", "world_options"]

_DEFAULTS = Settings()

_Command = Callable[..., Any]
_Option = Callable[..., Callable[[_Command], _Command]]


def whole_number(least: int, most: int) -> Callable[[click.Context, click.Parameter, str | None], int | None]:
    """A click callback that reads a whole number and says which ones are allowed."""

    def read(context: click.Context, parameter: click.Parameter, value: str | None) -> int | None:
        if value is None:
            return None
        digits = value.removeprefix("-")
        if digits.isascii() and digits.isdigit() and len(digits) < 20 and least <= int(value) <= most:
            return int(value)
        raise click.BadParameter(f"{value!r} is not a whole number from {least} to {most}.")

    return read


def given_path(context: click.Context, parameter: click.Parameter, value: str | None) -> Path | None:
    """A click callback that reads a path; an empty one is a variable that nobody set, not this folder."""
    if value == "":
        raise click.BadParameter("the path is empty.")
    return None if value is None else Path(value)


def served_option(flag: str, *names: str, **attributes: Any) -> Callable[[_Command], _Command]:
    """An option with its twin in the environment: `--ready-file` and `MOCKSERVER_READY_FILE`."""
    twin = "MOCKSERVER_" + flag.removeprefix("--").replace("-", "_").upper()
    return click.option(flag, *names, envvar=twin, show_envvar=True, **attributes)


def seed_option(option: _Option) -> Callable[[_Command], _Command]:
    """The flag that chooses a world of a scenario's kind."""
    return option(
        "--seed",
        metavar="N",
        callback=whole_number(0, 2**63 - 1),
        help="World seed, 0 to 2**63 - 1; another seed is other data of the same shape.  [default: the scenario's]",
    )


def world_options(option: _Option) -> Callable[[_Command], _Command]:
    """The flags that choose a world, which commands take as well as the server."""

    def add(command: _Command) -> _Command:
        scenario = option(
            "--scenario",
            metavar="NAME|FILE",
            help=f"A shipped scenario (see `mockserver scenarios`) or a TOML file.  [default: {_DEFAULTS.scenario}]",
        )
        return scenario(seed_option(option)(command))

    return add


def chosen_world(context: click.Context, scenario: str | None, seed: int | None) -> Settings:
    """The settings of the group, with what was said after the command's name in their place."""
    settings: Settings = context.find_object(Settings) or _DEFAULTS
    return replace(
        settings,
        scenario=settings.scenario if scenario is None else scenario,
        seed=settings.seed if seed is None else seed,
    )
