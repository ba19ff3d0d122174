"""Every test of the recorded run has its figures on the page of evidence: what it showed, when, and of which commit."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
EVIDENCE = TESTS.parent / "docs" / "evidence.md"
ROW = re.compile(
    r"^\| `(?P<test>[\w./:-]+)` \| (?P<shown>[^|]+) \| (?P<date>\d{4}-\d\d-\d\d) \| `(?P<commit>[0-9a-f]{7,40})` \|$"
)


def is_recorded(node: ast.FunctionDef) -> bool:
    """Does a decorator name the marker, alone or on one of its parameters?"""
    return any("mark.recorded" in ast.unparse(decorator) for decorator in node.decorator_list)


def recorded_tests() -> list[str]:
    return [
        f"{path.relative_to(TESTS.parent).as_posix()}::{node.name}"
        for path in sorted(TESTS.rglob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and is_recorded(node)
    ]


def rows() -> dict[str, re.Match[str]]:
    lines = EVIDENCE.read_text(encoding="utf-8").splitlines()
    return {row["test"]: row for line in lines if (row := ROW.match(line))}


@pytest.mark.parametrize("test", recorded_tests())
def test_every_recorded_test_has_a_row(test: str) -> None:
    """With figures in it."""
    assert test in rows()
    assert re.search(r"\d", rows()[test]["shown"])


def test_every_row_is_of_a_test_that_is_there() -> None:
    """A row whose test is gone would show what nobody can repeat; the benchmark stands beside the tests."""
    assert {name for name in rows() if "::" in name} == set(recorded_tests())
    assert "benchmarks/peers.py" in rows()
