"""Where the files that ship with the code lie: in the installed package, or in the folders of a checkout."""

from importlib.resources import files
from pathlib import Path
from typing import Literal

__all__ = ["data_path"]

_PACKAGE = "mockserver"
_IN_CHECKOUT = {"scenarios": Path("scenarios"), "media": Path("fixtures", "media")}


def data_path(kind: Literal["scenarios", "media"]) -> Path:
    """The folder that holds the shipped files of a kind.

    Raises:
        FileNotFoundError: This copy of the code came without them.
    """
    package = Path(str(files(_PACKAGE)))
    # The wheel's build copies the folders below the package (`force-include` in pyproject.toml).
    folders = (package / "_data" / kind, package.parent / _IN_CHECKOUT[kind])
    for folder in folders:
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"no {kind} in {' or '.join(str(folder) for folder in folders)}")
