"""What `import mockserver` costs a program that does not use it: processor time beyond the interpreter's own start."""

import os
import subprocess
from pathlib import Path

__all__ = ["import_ms"]

ROUNDS = 10


def import_ms(python: str, repository: Path) -> float:
    """The best of several starts with the import, less the best of as many without it.

    Raises:
        OSError: An interpreter ended with an error.
    """
    empty, importing = [], []
    # The first one writes bytecode, which is no start's usual work.
    start_ms(python, repository, "import mockserver")
    for _ in range(ROUNDS):
        empty.append(start_ms(python, repository, "pass"))
        importing.append(start_ms(python, repository, "import mockserver"))
    return min(importing) - min(empty)


def start_ms(python: str, repository: Path, code: str) -> float:
    """User and system time of an interpreter from its start to its end."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen([python, "-c", code], cwd=repository, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise OSError(f"{python} -c {code!r} ended with {process.returncode}")
    return (used.ru_utime + used.ru_stime) * 1000
