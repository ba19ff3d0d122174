"""`mockserver faults`: what can go wrong on purpose. What it needs is loaded when it runs."""

import click

__all__ = ["faults_command"]


@click.command("faults", short_help="Print what can go wrong on purpose.")
def faults_command() -> None:
    """Print what can go wrong on purpose, as Markdown."""
    from mockserver.openapi.faults import faults_page

    click.echo(faults_page(), nl=False)
