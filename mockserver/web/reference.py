"""What the emulator says about itself: OpenAPI documents and a page to read them.

They are made in `mockserver/openapi`, from the APIs' own rows and from the sandbox that is asked; the APIs only serve
them, and so know nothing but this interface.
"""

from collections.abc import Callable
from functools import cache
from typing import Literal, Protocol

from flask import Response, current_app

from mockserver.door.apis import ApiName
from mockserver.door.asked import Asked
from mockserver.door.operations import Answer
from mockserver.sandbox.sandbox import Sandbox
from mockserver.web.requests import current_asked
from mockserver.words.json_schema import TEXT, object_of
from mockserver.words.media_types import JSON

__all__ = ["Asset", "Form", "Reference", "document_answer", "document_response", "reference", "register"]

Form = Literal["json", "yaml"]
_KEY = "mockserver_reference"
_OBJECT = {"type": "object", "additionalProperties": True}
_DOCUMENT = {**object_of("Document", openapi=TEXT, info=_OBJECT, paths=_OBJECT), "additionalProperties": True}
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

    def document(self, api: ApiName, form: Form, asked: Asked) -> bytes:
        """An API's OpenAPI document.

        Args:
            asked: Who asks: the examples are from their sandbox's world, and the servers are where they reach it.
        """
        ...

    def page(self, sandbox: Sandbox) -> str:
        """The reference page: HTML."""
        ...

    def asset(self, name: str) -> Asset | None:
        """A file of the page; None where there is none of that name."""
        ...


def register(extensions: dict[str, object], make: Callable[[], Reference]) -> None:
    """Hand the documents to an application's requests.

    Args:
        make: Called when something is first asked for: most servers are never asked to describe themselves.
    """
    extensions[_KEY] = cache(make)


def reference() -> Reference:
    """The documents of the application that answers this request."""
    make: Callable[[], Reference] = current_app.extensions[_KEY]
    return make()


def document_answer(form: Form) -> Answer:
    """What an operation that answers a document answers."""
    return Answer(_DOCUMENT, many=False, enveloped=False, formats=(_TYPES[form],))


def document_response(api: ApiName, form: Form) -> Response:
    """An API's document as an answer."""
    asked = current_asked()
    document = reference().document(api, form, asked)
    return Response(document, content_type=JSON if form == "json" else _TYPES[form])
