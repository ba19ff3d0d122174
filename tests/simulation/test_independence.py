"""The simulation is pure, and time and chance come from one place each."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import mockserver

PACKAGE = Path(mockserver.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
# Who may import whom: a room knows only those below it.
ALLOWED = {
    "words": {"words"},
    "simulation": {"simulation", "words"},
    "store": {"store", "words"},
    "sandbox": {"sandbox", "store", "simulation", "words"},
    "hyperstudy": {"hyperstudy", "door", "sandbox", "simulation", "words"},
    "ingestion": {"ingestion", "door", "sandbox", "store", "words"},
    "control": {"control", "ingestion", "door", "sandbox", "store", "simulation", "words"},
    "openapi": {"openapi", "hyperstudy", "ingestion", "door", "sandbox", "words"},
    "plots": {"plots", "simulation", "words"},
    "check": {"check", "app", "sandbox", "words"},
}


def imported_modules(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}


def test_importing_the_simulation_loads_neither_flask_nor_sql() -> None:
    """Run in a process of its own, because this one has long imported both."""
    code = (
        "import sys, pkgutil, importlib, mockserver.simulation as s\n"
        "[importlib.import_module(m.name) for m in pkgutil.walk_packages(s.__path__, s.__name__ + '.')]\n"
        "loaded = {m.split('.')[0] for m in sys.modules}\n"
        "print(sorted(loaded & {'flask', 'werkzeug', 'sqlalchemy', 'sqlite3'}))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize("layer", sorted(ALLOWED))
def test_a_layer_imports_only_what_lies_below_it(layer: str) -> None:
    """The arrows of the design run one way."""
    for path in (PACKAGE / layer).rglob("*.py"):
        inside = {name.split(".")[1] for name in imported_modules(path) if name.startswith("mockserver.")}
        assert inside <= ALLOWED[layer], path


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    """Every other now would make answers differ from run to run."""
    hidden = {"time", "now", "utcnow", "today", "time_ns", "monotonic", "monotonic_ns", "perf_counter"}
    for path in SOURCES:
        if path.name == "clock.py":
            continue
        # How long a socket is waited for is no time of the world, and shows in no answer.
        patience = {"monotonic"} if path.name in ("server.py", "connection.py") else set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                asked = node.value.id in ("time", "datetime", "date") and node.attr in hidden - patience
                assert not asked, f"{path.name}:{node.lineno}"


def test_no_chance_but_the_seeded_one() -> None:
    """No module of ours imports a source of chance that a seed does not rule."""
    for path in SOURCES:
        assert not imported_modules(path) & {"random", "secrets", "uuid"}, path


def test_no_module_holds_an_application_a_world_a_store_or_a_clock() -> None:
    """State that outlives a sandbox would leak from one application into the next."""
    makers = {"Flask", "World", "Store", "Clock", "Sandbox", "create_app", "create_sandbox", "Namer"}
    for path in SOURCES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            value = getattr(node, "value", None)
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(value, ast.Call):
                made = value.func.id if isinstance(value.func, ast.Name) else ""
                assert made not in makers, f"{path.name}:{node.lineno}"
