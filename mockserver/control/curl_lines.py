"""Entries of the journal as lines for a POSIX shell, each of which sends the request again.

A credential is a variable in them, such as `$HYPERSTUDY_API_KEY`, that whoever pastes a line has to set.
"""

import base64
import shlex
from collections.abc import Iterator, Sequence

from mockserver.control.journal_entries import Teller, is_compressed
from mockserver.control.redaction import REDACTED
from mockserver.door.credentials import API_KEY, BEARER, CONTROL_TOKEN, SIGNATURE
from mockserver.sandbox.journal import Entry

__all__ = ["curl_lines"]

_VARIABLES = {
    API_KEY.lower(): "HYPERSTUDY_API_KEY",
    BEARER.lower(): "OPENSCOUTER_TOKEN",
    CONTROL_TOKEN.lower(): "MOCKSERVER_CONTROL_TOKEN",
    SIGNATURE: "SIGNATURE",
}
_OTHER_VARIABLE = "REDACTED"
# What curl says by itself, from the address and the body.
_CURLS_OWN = ("host", "content-length", "transfer-encoding", "connection")


def curl_lines(entries: Sequence[Entry], teller: Teller) -> str:
    """A line each; where a body is not kept any more, a comment above says so."""
    return "".join(f"{line}\n" for entry in entries for line in _lines(entry, teller))


def _lines(entry: Entry, teller: Teller) -> Iterator[str]:
    body = teller.sent_body(entry) or None
    has_lost_body = body is None and entry.body_bytes != 0
    if has_lost_body:
        size = "" if entry.body_bytes is None else f" {entry.body_bytes} bytes,"
        yield f"# The body of the next request is not kept:{size} SHA-256 {entry.body_sha256}"
    words = ["curl", "--globoff", "--path-as-is", *_method(entry, body), *_headers(entry, teller, body)]
    if body is None:
        yield " ".join([*words, _url(entry, teller)])
    elif _is_plain(body):
        yield " ".join([*words, "--data-raw", shlex.quote(body.decode()), _url(entry, teller)])
    else:
        line = " ".join([*words, "--data-binary", "@-", _url(entry, teller)])
        yield f"printf %s {base64.b64encode(body).decode()} | base64 -d | {line}"


def _method(entry: Entry, body: bytes | None) -> list[str]:
    method = entry.head.method
    if method == "HEAD":
        return ["--head"]
    return [] if method == ("GET" if body is None else "POST") else ["--request", shlex.quote(method)]


def _headers(entry: Entry, teller: Teller, body: bytes | None) -> Iterator[str]:
    # A body that came compressed is sent again as what it expands to.
    left_out = (*_CURLS_OWN, "content-encoding") if body is not None and is_compressed(entry) else _CURLS_OWN
    headers = [(name, value) for name, value in teller.headers(entry.head.headers) if name not in left_out]
    for name, value in headers:
        variable = _VARIABLES.get(name, _OTHER_VARIABLE)
        # An empty header ends with a semicolon; with a colon, curl would leave it out.
        yield f"-H {_quoted(f'{name}: {value}' if value else f'{name};', variable)}"
    sent = {name for name, _ in headers}
    if body is not None and "content-type" not in sent:
        yield "-H 'Content-Type:'"


def _url(entry: Entry, teller: Teller) -> str:
    url = teller.url(entry)
    variable = _VARIABLES[SIGNATURE] if f"{SIGNATURE}={REDACTED}" in url else _OTHER_VARIABLE
    return _quoted(url, variable)


def _quoted(text: str, variable: str) -> str:
    """For a shell, with a variable in the place of what was redacted."""
    # The brackets of the mark see to it that the text is quoted.
    return shlex.quote(text).replace(REDACTED, f"'\"${variable}\"'") if REDACTED in text else shlex.quote(text)


def _is_plain(body: bytes) -> bool:
    """Can a shell's word hold it? One with control characters would do other things in a terminal."""
    try:
        return all(letter.isprintable() or letter in "\n\t" for letter in body.decode())
    except UnicodeDecodeError:
        return False
