"""How the emulator is misused: one clear line that says what, where, and what would be right.

These never reach a client of the emulated APIs; what those answer lives with each API
(`hyperstudy/errors.py`, `ingestion/errors.py`).
"""

__all__ = ["MockserverError", "ScenarioError", "SettingsError"]


class MockserverError(Exception):
    """The emulator was misused. `exit_code` is what the command line ends with."""

    exit_code = 2


class SettingsError(MockserverError):
    """A flag, an environment variable or a `Settings` field has a value that cannot work."""


class ScenarioError(MockserverError):
    """A scenario file is unknown, unreadable or invalid; the message names file, key and value."""

    exit_code = 3
