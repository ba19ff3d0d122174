"""`mockserver health`: is a server up? For container images that have no curl; loads nothing of the emulator."""

import click

from mockserver.words.addresses import EVERY_INTERFACE

__all__ = ["health_command"]

_WITHIN_S = 5.0


@click.command("health", short_help="Ask whether a server is up: exit code 0 if it is, 1 if not.")
@click.option("--url", metavar="URL", help="The server.  [default: of --host and --port, as for serving]")
@click.pass_context
def health_command(context: click.Context, *, url: str | None) -> None:
    """Ask whether a server is up; print a line, and end with 0 if it is and with 1 if it is not."""
    from mockserver.command.probe import problem_with

    asked = (_own_url(context) if url is None else url).rstrip("/")
    problem = problem_with(asked, within_s=_WITHIN_S)
    click.echo(f"{asked} is up" if problem is None else f"mockserver: {problem}", err=problem is not None)
    context.exit(0 if problem is None else 1)


def _own_url(context: click.Context) -> str:
    """Where a server with the same flags and environment is reached from this machine."""
    served = context.find_root().params
    host = "localhost" if served["host"] in EVERY_INTERFACE else served["host"]
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"{'https' if served['tls_cert'] else 'http'}://{host}:{served['port']}"
