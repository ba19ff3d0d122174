"""The file that tells another program that the server is up, and how to reach it."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from mockserver.words.errors import SettingsError

__all__ = ["clear", "kept"]


@contextlib.contextmanager
def kept(path: Path | None, content: str) -> Iterator[None]:
    """Keep a file with this content for as long as the block runs; None keeps none.

    It appears with its whole content or not at all, and is removed at the end unless another process has
    put its own there meanwhile.

    Raises:
        SettingsError: The file cannot be written, or the path is something else than a file.
    """
    if path is None:
        yield
        return
    _write(path, content)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if path.read_bytes() == content.encode():
                path.unlink()


def clear(path: Path | None) -> None:
    """Remove what a killed process left, so that nobody takes it for ours.

    Raises:
        SettingsError: As for `kept`.
    """
    if path is None:
        return
    try:
        _refuse_special(path)
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _cannot_write(path, error) from None


def _write(path: Path, content: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        _refuse_special(path)
        draft.write_bytes(content.encode())
        os.replace(draft, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise _cannot_write(path, error) from None


def _refuse_special(path: Path) -> None:
    """Replacing a device or a pipe by a file would break it for everyone."""
    if path.exists() and not path.is_file():
        raise SettingsError(f"cannot write the ready file {path}: it exists and is not a regular file")


def _cannot_write(path: Path, error: OSError) -> SettingsError:
    reason = os.strerror(error.errno) if error.errno else str(error)
    return SettingsError(
        f"cannot write the ready file {path}: {reason}; give a path in an existing folder that is writable"
    )
