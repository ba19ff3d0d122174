"""The page for browser clients: what it lists is what there is.

Its JavaScript runs in `tests/live/test_browser_clients.py`.
"""

import re
from pathlib import Path

from mockserver.sandbox.origins import DEFAULT, DEFAULT_ORIGINS, normal_origin

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "browsers.md").read_text(encoding="utf-8")


def test_every_value_in_its_table_is_taken_as_it_stands() -> None:
    """So that it can be copied."""
    values = re.findall(r"^\| `([^`]+)` \|", PAGE, re.MULTILINE)
    assert len(values) >= 6
    assert [value for value in values if value != DEFAULT and normal_origin(value) != value] == []


def test_it_names_every_default_origin() -> None:
    """Hosts of this machine and apps by name, extensions by their browser."""
    told = PAGE.replace("names below it", "*.localhost").replace("Chrome, Firefox and Safari", "chrome moz safari")
    for origin in DEFAULT_ORIGINS:
        scheme, _, host = origin.removesuffix(":*").partition("://")
        assert (scheme.partition("-")[0] if host == "*" else host) in told
        assert host == "*" or scheme in ("http", "https") or f"`{origin}`" in told


def test_every_block_of_it_is_run() -> None:
    """All are JavaScript, and the README leads here."""
    assert set(re.findall(r"^```(\w+)$", PAGE, re.MULTILINE)) == {"js"}
    assert "(docs/browsers.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
