"""Answers that were given before and cannot have changed since: kept for all sandboxes together, bounded by bytes.

The key holds everything that such an answer depends on: method, target, sandbox, how often clients changed it, what its
clock says, and each header that the door or a view declares it reads. A view sees no other header, so that nothing
else can matter.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from mockserver.door.replies import Reply
from mockserver.sandbox.journal import Entry, told_weight

__all__ = ["KeptAnswer", "KeptAnswers", "Key"]

Key = tuple[object, ...]
# What an answer weighs beside its body.
_OVERHEAD_BYTES = 2_000


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer ready to be sent, with what the journal tells of it (`Entry`)."""

    reply: Reply
    tag: bytes
    operation_id: str | None
    cause: str | None
    message: str | None
    key_name: str | None
    unread: tuple[str, ...]
    sha256: str | None
    told_bytes: int

    @classmethod
    def of(cls, reply: Reply, tag: bytes, entry: Entry) -> "KeptAnswer":
        """What was just answered, given its entry."""
        return cls(
            reply, tag, entry.operation_id, entry.cause, entry.message, entry.key_name, entry.unread,
            entry.answer_sha256, told_weight(entry.unread, entry.message, reply.headers),
        )  # fmt: skip

    def tell(self, entry: Entry) -> None:
        """Write down in a new entry what the first one had."""
        entry.operation_id, entry.cause, entry.message = self.operation_id, self.cause, self.message
        entry.key_name, entry.unread, entry.answer_sha256 = self.key_name, self.unread, self.sha256
        entry.told_bytes = self.told_bytes

    @property
    def weight(self) -> int:
        """In bytes."""
        return _OVERHEAD_BYTES + (len(self.reply.body) if isinstance(self.reply.body, bytes) else 0)


class KeptAnswers:
    """The answers that were used last; safe between threads.

    Args:
        most_bytes: What they may weigh together.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._answers: OrderedDict[Key, KeptAnswer] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Key) -> KeptAnswer | None:
        """The answer under a key."""
        with self._lock:
            answer = self._answers.get(key)
            if answer is not None:
                self._answers.move_to_end(key)
        return answer

    def keep(self, key: Key, answer: KeptAnswer) -> None:
        """Keep an answer, in the place of those that were not used for longest; one over a quarter of all is not."""
        if answer.weight > self._most_bytes // 4:
            return
        with self._lock:
            if key in self._answers:
                return
            self._answers[key] = answer
            self._bytes += answer.weight
            while self._bytes > self._most_bytes:
                _, oldest = self._answers.popitem(last=False)
                self._bytes -= oldest.weight
