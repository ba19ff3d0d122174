"""The simulation is pure, and time and chance come from one place each."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import mockserver
from mockserver.store import Store

PACKAGE = Path(mockserver.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
README = PACKAGE.parent / "README.md"
ROOM = re.compile(r"^\| `(\w+)` \|(.*?)\| .+ \|$", re.MULTILINE)


def allowed() -> dict[str, set[str]]:
    """Who may import whom, as the README says: a room knows itself and what stands in its row."""
    table = README.read_text(encoding="utf-8").partition("<!-- rooms -->")[2].partition("\n\n**")[0]
    return {room: {room, *re.findall(r"`(\w+)`", known)} for room, known in ROOM.findall(table)}


ALLOWED = allowed()
# Rooms that say what an API is, wire, or are ways in: they may know everything.
TOP = {"app", "command", "__init__", "__main__"}


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


def test_importing_the_package_loads_nothing_else() -> None:
    """Whoever has it installed and does not use it, a test runner with its plugins, does not wait for it."""
    code = (
        "import sys; before = set(sys.modules); import mockserver; print(sorted(set(sys.modules) - before)); "
        "from mockserver import ProcessSettings, Settings, create_app; print(Settings(seed=3).seed)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded, seed = answer.stdout.splitlines()
    assert (loaded, seed) == ("['mockserver', 'mockserver.words', 'mockserver.words.version']", "3")


@pytest.mark.parametrize("layer", sorted(ALLOWED))
def test_a_layer_imports_only_what_lies_below_it(layer: str) -> None:
    """The arrows of the design run one way, and no room is left out."""
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert rooms | {"app", "__init__", "__main__"} == set(ALLOWED) | TOP
    for path in (PACKAGE / layer).rglob("*.py"):
        inside = {name.split(".")[1] for name in imported_modules(path) if name.startswith("mockserver.")}
        assert inside <= ALLOWED[layer], path


def test_only_sandboxes_and_the_application_know_the_store() -> None:
    """The ones write to it, the other says where it is kept; all others ask the study."""
    for path in SOURCES:
        room = path.relative_to(PACKAGE).as_posix()
        if not room.startswith(("store/", "sandbox/")) and room != "app.py":
            assert not [name for name in imported_modules(path) if name.startswith("mockserver.store")], path


def test_only_the_study_writes() -> None:
    """Whoever else had a store in hand could not write to it unseen."""
    writing = {name for name in vars(Store) if name.startswith(("add_", "put_"))}
    assert writing == {"add_documents", "put_document", "add_batch"}
    writers = {
        path.relative_to(PACKAGE).parent.as_posix()
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in writing
    }
    assert writers == {"sandbox/study"}


def test_nobody_but_the_study_asks_for_its_lock_or_its_store() -> None:
    """Both are private, and no private name of another module is used anywhere above."""
    private = {"_writing", "_store", "_lock"}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in private:
                assert isinstance(node.value, ast.Name), f"{path.name}:{node.lineno}"
                assert node.value.id == "self", f"{path.name}:{node.lineno}"


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    """Every other now would make answers differ from run to run."""
    hidden = {"time", "now", "utcnow", "today", "time_ns", "monotonic", "monotonic_ns", "perf_counter"}
    for path in SOURCES:
        if path == PACKAGE / "sandbox" / "clock.py":
            continue
        # How long a socket is waited for is no time of the world, and shows in no answer.
        patience = {"monotonic"} if path.parent == PACKAGE / "server" else set()
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
    makers = {
        "Flask",
        "World",
        "open_stores",
        "Database",
        "MemoryStore",
        "MemoryStores",
        "Study",
        "Clock",
        "Sandbox",
        "create_app",
        "create_sandbox",
        "Namer",
    }
    for path in SOURCES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            value = getattr(node, "value", None)
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(value, ast.Call):
                made = value.func.id if isinstance(value.func, ast.Name) else ""
                assert made not in makers, f"{path.name}:{node.lineno}"
