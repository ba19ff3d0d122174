"""The API's own description: its OpenAPI document, and a page to read it and try it.

Source: `/openapi.yaml`, `/openapi.json` and an interactive reference (documented); the addresses of the page's
files are ours.
"""

import hashlib

from flask import Response

from mockserver.door.operations import Answer, Operation
from mockserver.hyperstudy.calls import Call
from mockserver.hyperstudy.errors import NotFound, shown
from mockserver.web.reference import document_answer, document_response, reference

__all__ = ["reference_operations"]

# What the page loads comes from this server, and nothing from anywhere else.
_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'"
)


def reference_operations() -> list[Operation]:
    """Document and page; they need no key."""
    return [
        Operation("getOpenApiJson", "GET", "/openapi.json", get_json, "This document as JSON", "reference",
                  document_answer("json"), public=True),
        Operation("getOpenApiYaml", "GET", "/openapi.yaml", get_yaml, "This document as YAML", "reference",
                  document_answer("yaml"), public=True),
        Operation("getReference", "GET", "/docs", get_page, "A page to read this document, and try it", "reference",
                  Answer({}, enveloped=False, formats=("text/html",)), public=True),
        Operation("getReferenceFile", "GET", "/docs/files/<name>", get_file, "A file that the page needs", "reference",
                  Answer({}, enveloped=False, formats=("text/css", "text/javascript", "image/png")), public=True,
                  fidelity="inferred", always_shown=True),
    ]  # fmt: skip


def get_json(call: Call) -> Response:
    """The document, for programs."""
    return document_response("hyperstudy", "json")


def get_yaml(call: Call) -> Response:
    """The document, for people."""
    return document_response("hyperstudy", "yaml")


def get_page(call: Call) -> Response:
    """The reference page."""
    page = reference().page(call.sandbox)
    return Response(page, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": _POLICY})


def get_file(call: Call, name: str) -> Response:
    """A stylesheet, script or picture of the page. A browser may keep it, and asks whether it is still the same.

    Its tag is made from its bytes: they are the same in every world and at every moment (inferred).

    Raises:
        NotFound: It has no such file.
    """
    asset = reference().asset(name)
    if asset is None:
        raise NotFound(f"The page has no file {shown(name)}.", {"resource": "file", "id": name[:200]})
    headers = {"ETag": f'"{hashlib.sha256(asset.content).hexdigest()[:24]}"', "Cache-Control": "no-cache"}
    return Response(asset.content, content_type=asset.content_type, headers=headers)
