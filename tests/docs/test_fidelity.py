"""The README says how well founded everything is, and says what the table says."""

import re
from pathlib import Path

import pytest

from mockserver.command.cli import main
from mockserver.door.paths import template
from mockserver.hyperstudy.routes import operations
from mockserver.ingestion.schemas import KINDS
from mockserver.openapi.fidelity import BEGIN, END, fidelity_section, with_section

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_has_the_section_of_today() -> None:
    """Made anew, it would not change."""
    text = README.read_text(encoding="utf-8")
    assert with_section(text) == text, "run: python -m mockserver fidelity --write README.md"


def test_every_operation_has_its_row() -> None:
    """With its path, methods and label; the scopes of a data type are one row."""
    rows = [line for line in fidelity_section().splitlines() if "/api/v3/" in line]
    for operation in operations():
        path = template(operation.path)
        for scope in ("experiment", "room", "participant"):
            path = path.replace(f"/{scope}/{{scopeId}}", "/{scope}/{scopeId}")
        assert any(f"/api/v3{path}` | {operation.fidelity} |" in row and operation.method in row for row in rows)


def test_what_differs_is_named() -> None:
    """A field that only the client knows, one that is ours, a parameter, one of its values, a body; and where."""
    rows = {line.split("`")[1]: line for line in fidelity_section().splitlines() if line.startswith("| `")}
    events = rows["GET /api/v3/data/events/{scope}/{scopeId}"]
    assert "observed: `?deploymentId` (experiment), `?category=pre_experiment`, `?category=questionnaire`, " in events
    assert "`roomId`, `stateId`" in events
    assert "inferred: `?roomId` (experiment, room) |" in events
    assert "`?sort=email`" in rows["GET /api/v3/data/participants/{scope}/{scopeId}"]
    assert "`metadata.ratingType`" in rows["GET /api/v3/data/ratings/sparse/{scope}/{scopeId}"]
    assert "inferred: body, answer" in rows["POST /api/v3/data/events/batch"]
    assert "inferred: `abilities[]`" in rows["GET /api/v3/agent-cognition/catalog"]


def test_errors_of_both_apis_are_told_one_by_one() -> None:
    """What is documented of a status and what is ours stand in rows of their own."""
    _, _, errors = fidelity_section().partition("Errors of the data API:")
    data, _, ingestion = errors.partition("Errors of the ingestion API:")
    assert "| 403 | `FORBIDDEN` | documented, details observed | The key lacks the scope. |" in data
    assert "| 403 | `FORBIDDEN` | inferred | The key's organisation is not" in data
    told = dict(re.findall(r"^\| (\d{3}) \| (\w+) \|", ingestion, re.MULTILINE))
    inferred, documented = ["400", "401", "413", "415", "500"], ["404", "429"]
    assert told == {**dict.fromkeys(inferred, "inferred"), **dict.fromkeys(documented, "documented")}


def test_the_ingestion_api_has_its_rows() -> None:
    """Its endpoints are documented, its description is ours."""
    section = fidelity_section()
    for kind in KINDS:
        assert f"| `POST /api/data/{kind}` | documented |" in section
    for form in ("json", "yaml"):
        assert f"| `GET /api/openapi.{form}` | inferred |" in section


def test_the_command_writes_between_the_marks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And prints the section where it is given no file; a file without marks is one clear line."""
    path = tmp_path / "own.md"
    path.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    assert main(["fidelity", "--write", str(path)]) == 0
    assert main(["fidelity"]) == 0
    assert path.read_text(encoding="utf-8") == f"before\n{capsys.readouterr().out}after\n"
    path.write_text("nothing", encoding="utf-8")
    assert main(["fidelity", "--write", str(path)]) == 2
    assert "fidelity: end" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "nothing"
