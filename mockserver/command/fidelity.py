"""`mockserver fidelity`: how well founded every endpoint is. What it needs is loaded when it runs."""

from pathlib import Path

import click

__all__ = ["fidelity_command"]


@click.command("fidelity", short_help="Print how well founded every endpoint, field and error is.")
@click.option(
    "--write",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Put it between the marks in a Markdown file instead.",
)
def fidelity_command(*, write: Path | None) -> None:
    """Print how well founded every endpoint, field and error is, as Markdown."""
    from mockserver.openapi.fidelity import fidelity_section, with_section

    if write is None:
        click.echo(fidelity_section())
        return
    write.write_text(with_section(write.read_text(encoding="utf-8")), encoding="utf-8")
