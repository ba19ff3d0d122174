"""The page of faults says what the catalogue says, and README names all kinds of fields."""

from pathlib import Path

from click.testing import CliRunner

from mockserver.command.cli import cli
from mockserver.door.faults.catalogue import catalogue
from mockserver.sandbox.faults import FaultOrder

ROOT = Path(__file__).parents[2]


def test_the_page_is_of_today() -> None:
    """Made anew, it would not change."""
    printed = CliRunner().invoke(cli, ["faults"], catch_exceptions=False).output
    page = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    assert page == printed, "run: python -m mockserver faults > docs/faults.md"
    assert all(f"| `{name}` |" in page for name in catalogue())


def test_the_readme_names_every_field() -> None:
    """Beside the fault's own."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## Failures on demand")[1].split("\n## ")[0]
    fields = set(FaultOrder.__dataclass_fields__) - {"kind", "knobs"}
    assert all(f"| `{name}` |" in section for name in fields)
    assert "(docs/faults.md)" in section
