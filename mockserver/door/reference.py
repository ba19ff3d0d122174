"""What the emulator says about itself: OpenAPI documents and a page to read them, for both APIs.

The documents are made in `mockserver/openapi`, from the APIs' own tables; the APIs only serve them, and so know
nothing but this interface. The application hands it to the request (`app.py`).
"""

from typing import Literal, Protocol

from flask import Response, current_app

from mockserver.sandbox.sandbox import Sandbox

__all__ = ["Api", "Asset", "Reference", "document_response", "reference", "register"]

Api = Literal["hyperstudy", "ingestion"]
Form = Literal["json", "yaml"]
_KEY = "mockserver_reference"
_TYPES: dict[Form, str] = {"json": "application/json", "yaml": "application/yaml"}


class Asset(Protocol):
    """A file that the page needs."""

    @property
    def content(self) -> bytes:
        """Its bytes."""
        ...

    @property
    def content_type(self) -> str:
        """Its media type."""
        ...


class Reference(Protocol):
    """Makes documents and the page, when they are first asked for."""

    def document(self, api: Api, form: Form) -> bytes:
        """An API's OpenAPI document."""
        ...

    def page(self, sandbox: Sandbox) -> str:
        """The reference page: HTML."""
        ...

    def asset(self, name: str) -> Asset | None:
        """A file of the page; None where there is none of that name."""
        ...


def register(extensions: dict[str, object], made: Reference) -> None:
    """Hand the documents to an application's requests."""
    extensions[_KEY] = made


def reference() -> Reference:
    """The documents of the application that answers this request."""
    found: Reference = current_app.extensions[_KEY]
    return found


def document_response(api: Api, form: Form) -> Response:
    """An API's document as an answer."""
    return Response(reference().document(api, form), content_type=_TYPES[form])
