"""A local emulator of two documented HTTP APIs: HyperStudy v3 and the OpenScouter ingestion API.

Where to begin reading: `app.py` wires everything, `door/door.py` shows a request's way,
`simulation/world.py` makes the data.
"""

from mockserver.words.version import VERSION

# Not imported from `typing`, which would take longer than all the rest.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from mockserver.app import create_app as create_app
    from mockserver.sandbox.settings import ProcessSettings as ProcessSettings
    from mockserver.sandbox.settings import Settings as Settings

__version__ = VERSION

__all__ = ["ProcessSettings", "Settings", "__version__", "create_app"]


def __getattr__(name: str) -> object:
    """Import what is asked for when that is first done: the package alone costs next to nothing."""
    if name == "create_app":
        from mockserver.app import create_app

        return create_app
    if name in ("ProcessSettings", "Settings"):
        from mockserver.sandbox import settings

        return getattr(settings, name)
    raise AttributeError(f"module 'mockserver' has no attribute {name!r}")
