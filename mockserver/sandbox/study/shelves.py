"""What a study keeps of its documents: a world's own entry, and what clients made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.store import Document, Store

__all__ = ["Kept", "Shelf", "owner_id"]


@dataclass(frozen=True, slots=True)
class Kept:
    """One experiment, deployment, persona or launched room as it is now; times in ms since the epoch.

    Attributes:
        owner: E-mail address of who made it. organisation: whose it is.
        shared_with: Other organisations, to what they may do (`view`, or `export` as well).
    """

    id: str
    body: dict[str, Any]
    owner: str
    organisation: str
    created_ms: int
    updated_ms: int
    shared_with: Mapping[str, str]

    def may(self, organisation: str, *, export: bool = False) -> bool:
        """May somebody of that organisation see it, or even export it?"""
        level = self.shared_with.get(organisation)
        return organisation == self.organisation or level == "export" or (level == "view" and not export)


def owner_id(kept: Kept) -> str:
    """The id of who made it: an e-mail address names its user (inferred)."""
    mailbox = kept.owner.partition("@")[0].lower()
    return "user_" + "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in mailbox)


class Shelf:
    """All documents of a kind: those of the world, overlaid with those of the store.

    Args:
        own: What the world has, in its order.
    """

    def __init__(self, store: Store, kind: str, own: Mapping[str, Kept]) -> None:
        self._store = store
        self._kind = kind
        self._own = own
        self._found: tuple[int, dict[str, Kept]] = (-1, {})

    def all(self) -> list[Kept]:
        """Everything that was not deleted: the world's first, then what clients made, in order."""
        written = {document.id: document for document in self._store.documents.all(self._kind)}
        own = [(key, self._laid(kept, written.pop(key, None))) for key, kept in self._own.items()]
        made = [(key, self._laid(None, document)) for key, document in written.items()]
        return [kept for _, kept in (*own, *made) if kept is not None]

    def get(self, id_: str) -> Kept | None:
        """The one with that id, unless it was deleted. Nearly every request asks, so what was found is kept."""
        # Asked before reading: what is written meanwhile is kept under an old number, and asked for again.
        revision = self._store.documents.revision(self._kind)
        if self._found[0] != revision:
            self._found = (revision, {})
        found = self._found[1]
        kept = found.get(id_) or self._laid(self._own.get(id_), self._store.documents.get(self._kind, id_))
        # What is not there is not kept: there is no end of it.
        if kept is not None:
            found[id_] = kept
        return kept

    def put(self, id_: str, body: dict[str, Any], owner: str, organisation: str, now_ms: int) -> Kept:
        """Write one: new, or the next state of an old one."""
        envelope = {"body": body, "owner": owner, "organisation": organisation}
        document = self._store.documents.put(self._kind, id_, envelope, now_ms)
        kept = self._laid(self._own.get(id_), document)
        if kept is None:
            raise LookupError(f"{self._kind} {id_} was written and is not there")
        return kept

    def delete(self, id_: str, now_ms: int) -> None:
        """Hide one; it stays in the store."""
        self._store.documents.put(self._kind, id_, {}, now_ms, deleted=True)

    def count(self) -> int:
        """How many documents clients have written, deleted ones too; for the next id."""
        return self._store.documents.count(self._kind)

    def _laid(self, own: Kept | None, document: Document | None) -> Kept | None:
        if document is None or document.deleted:
            return None if document else own
        envelope = document.body
        return Kept(
            id=document.id,
            body=envelope["body"],
            owner=envelope["owner"],
            organisation=envelope["organisation"],
            created_ms=own.created_ms if own else document.created_ms,
            updated_ms=document.updated_ms,
            shared_with=own.shared_with if own else {},
        )
