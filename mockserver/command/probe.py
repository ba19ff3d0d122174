"""Asking a server whether it is up, as a client would."""

import http.client
import ssl
from urllib.parse import urlsplit

__all__ = ["problem_with"]


def problem_with(url: str, *, within_s: float) -> str | None:
    """Why a server is not up, as a sentence; None where it answers as it should.

    Args:
        url: Of the server, without a slash at its end.
        within_s: How long to wait for connection and answer, each.
    """
    try:
        status = _status(url, within_s)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return f"{url} does not answer: {error or type(error).__name__}"
    return None if status == http.HTTPStatus.OK else f"{url}/ answers {status}"


def _status(url: str, within_s: float) -> int:
    connection = _connection(url, within_s)
    try:
        # The one address that no journal holds: who asks every few seconds shall not fill it.
        connection.request("GET", f"{urlsplit(url).path}/")
        return connection.getresponse().status
    finally:
        connection.close()


def _connection(url: str, within_s: float) -> http.client.HTTPConnection:
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise ValueError("a URL begins with http:// or https:// and a host")
    if address.scheme == "http":
        return http.client.HTTPConnection(address.hostname, address.port, timeout=within_s)
    # Whether the certificate is to be trusted is the clients' question.
    unverified = ssl.create_default_context()
    unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(address.hostname, address.port, timeout=within_s, context=unverified)
