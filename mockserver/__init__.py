"""A local emulator of two documented HTTP APIs: HyperStudy v3 and the OpenScouter ingestion API.

Where to begin reading: `app.py` wires everything, `door/door.py` shows a request's way,
`simulation/world.py` makes the data.
"""

from typing import TYPE_CHECKING, Any

from mockserver.sandbox.settings import ProcessSettings, Settings
from mockserver.words.version import VERSION

if TYPE_CHECKING:
    from mockserver.app import create_app as create_app

__version__ = VERSION

__all__ = ["ProcessSettings", "Settings", "__version__", "create_app"]


def __getattr__(name: str) -> Any:
    """Import the application when it is first asked for: `mockserver.simulation` must do without Flask."""
    if name == "create_app":
        from mockserver.app import create_app

        return create_app
    raise AttributeError(f"module 'mockserver' has no attribute {name!r}")
