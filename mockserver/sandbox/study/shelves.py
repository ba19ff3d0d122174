"""What a study keeps of its documents: a world's own entry, and what clients made of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mockserver.sandbox.study.writing import OvertakenError, Writing
from mockserver.store import Document

__all__ = ["Kept", "Shelf", "owner_id"]


@dataclass(frozen=True, slots=True)
class Kept:
    """One experiment, deployment or persona as it is now; times in ms since the epoch.

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


def owner_id(owner: str) -> str:
    """The id of who made it: an e-mail address names its user (inferred)."""
    mailbox = owner.partition("@")[0].lower()
    return "user_" + "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in mailbox)


class Shelf:
    """All documents of a kind: those of the world, overlaid with what clients wrote.

    Args:
        own: What the world has, in its order.
        written: What clients have written so far.
        new_id: Makes the id of a new one from how many clients have written before.
    """

    def __init__(
        self,
        writing: Writing,
        kind: str,
        own: Mapping[str, Kept],
        written: list[Document],
        new_id: Callable[[int], str],
    ) -> None:
        self._writing = writing
        self._kind = kind
        self._new_id = new_id
        # Every id that clients have written, those of deleted ones too.
        self._ids = {document.id for document in written}
        overlay = {document.id: _laid(own.get(document.id), document) for document in written}
        self._kept: Mapping[str, Kept] = {id_: kept for id_, kept in {**own, **overlay}.items() if kept is not None}

    def all(self) -> list[Kept]:
        """Everything that was not deleted: the world's first, then what clients made, in order."""
        return list(self._kept.values())

    def get(self, id_: str) -> Kept | None:
        """The one with that id, unless it was deleted."""
        return self._kept.get(id_)

    def add(self, body: dict[str, Any], owner: str, organisation: str, now_ms: int) -> Kept:
        """Write a new one."""
        with self._writing.turn() as store:
            kept = Kept(self._new_id(len(self._ids)), body, owner, organisation, now_ms, now_ms, {})
            store.add_documents(self._kind, [(kept.id, _envelope(kept))], now_ms)
            self._show(kept)
        return kept

    def replace(self, kept: Kept, body: dict[str, Any], now_ms: int) -> Kept:
        """Write the next state of one.

        Raises:
            OvertakenError: It is not any more as it was read.
        """
        new = replace(kept, body=body, updated_ms=now_ms)
        with self._writing.turn() as store:
            self._refuse_old(kept)
            store.put_document(self._kind, kept.id, _envelope(new), now_ms)
            self._show(new)
        return new

    def delete(self, kept: Kept, now_ms: int) -> None:
        """Hide one; it stays in the store.

        Raises:
            OvertakenError: It is not any more as it was read.
        """
        with self._writing.turn() as store:
            self._refuse_old(kept)
            store.put_document(self._kind, kept.id, {}, now_ms, deleted=True)
            self._ids.add(kept.id)
            self._kept = {id_: one for id_, one in self._kept.items() if id_ != kept.id}

    def _refuse_old(self, kept: Kept) -> None:
        if self._kept.get(kept.id) is not kept:
            raise OvertakenError

    def _show(self, kept: Kept) -> None:
        self._ids.add(kept.id)
        self._kept = {**self._kept, kept.id: kept}


def _envelope(kept: Kept) -> dict[str, Any]:
    return {"body": kept.body, "owner": kept.owner, "organisation": kept.organisation}


def _laid(own: Kept | None, document: Document) -> Kept | None:
    """A document over the world's own of the same id; None if it was deleted."""
    if document.deleted:
        return None
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
