"""`mockserver health`: is a server up? For container images that have no curl; loads nothing of the emulator."""

import http.client
import ssl
from urllib.parse import urlsplit

import click

from mockserver.words.addresses import DATA_API, EVERY_INTERFACE

__all__ = ["health_command", "problem_with"]

_WITHIN_S = 5.0


@click.command("health", short_help="Ask whether a server is up: exit code 0 if it is, 1 if not.")
@click.option("--url", metavar="URL", help="The server.  [default: of --host and --port, as for serving]")
@click.pass_context
def health_command(context: click.Context, *, url: str | None) -> None:
    """Ask whether a server is up; print a line, and end with 0 if it is and with 1 if it is not."""
    asked = (_own_url(context) if url is None else url).rstrip("/")
    problem = problem_with(asked, within_s=_WITHIN_S)
    click.echo(f"{asked} is up" if problem is None else f"mockserver: {problem}", err=problem is not None)
    context.exit(0 if problem is None else 1)


def problem_with(url: str, *, within_s: float) -> str | None:
    """Why a server is not up, as a sentence; None where it answers as it should.

    Args:
        url: Of the server, without a slash at its end.
        within_s: How long to wait for connection and answer, each.
    """
    try:
        status = _health_status(url, within_s)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return f"{url} does not answer: {error or type(error).__name__}"
    return None if status == http.HTTPStatus.OK else f"{url}{DATA_API}/health answers {status}"


def _health_status(url: str, within_s: float) -> int:
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise ValueError("a URL begins with http:// or https:// and a host")
    connection: http.client.HTTPConnection
    if address.scheme == "https":
        # Whether the certificate is to be trusted is the clients' question.
        unverified = ssl.create_default_context()
        unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(address.hostname, address.port, timeout=within_s, context=unverified)
    else:
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=within_s)
    try:
        connection.request("GET", f"{address.path}{DATA_API}/health")
        return connection.getresponse().status
    finally:
        connection.close()


def _own_url(context: click.Context) -> str:
    """Where a server with the same flags and environment is reached from this machine."""
    served = context.find_root().params
    host = "localhost" if served["host"] in EVERY_INTERFACE else served["host"]
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"{'https' if served['tls_cert'] else 'http'}://{host}:{served['port']}"
