"""Where a run took place: what makes its numbers comparable, and nothing that names the machine."""

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

__all__ = ["description", "project_version", "tool_versions"]

# The emulator's own packages that decide how fast it is; the later ones may not be there.
PACKAGES = ("flask", "orjson", "uvicorn", "uvloop", "httptools")
ASK_PACKAGES = """
import importlib.metadata as metadata, platform, sys
print("Python", platform.python_version())
for name in sys.argv[1:]:
    try:
        print(name, metadata.version(name))
    except metadata.PackageNotFoundError:
        pass
"""


def description() -> str:
    """The processor as the kernel names it, how many of its cores may be used, and the kernel."""
    name = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    processor = name[1] if name else platform.machine()
    return f"{processor}, {len(os.sched_getaffinity(0))} cores, {platform.system()} {platform.release()}"


def project_version(python: str, repository: Path) -> str:
    """The commit of the checkout, the interpreter, and the packages that matter."""
    commit = _output(["git", "-C", str(repository), "rev-parse", "--short", "HEAD"])
    packages = _output([python, "-c", ASK_PACKAGES, *PACKAGES]).splitlines()
    # What is no checkout gets a sentence for an answer.
    return ", ".join(["no commit" if " " in commit else commit, *packages])


def tool_versions() -> str:
    """Those of Node, Java and wrk."""
    node = _output(["node", "--version"]).lstrip("v")
    java = re.search(r'version "([^"]+)"', _output(["java", "-version"]))
    wrk = re.search(r"^wrk (\S+)", _output(["wrk", "--version"]), re.MULTILINE)
    versions = {"Node": node, "Java": java and java[1], "wrk": wrk and wrk[1]}
    return ", ".join(f"{name} {version}" for name, version in versions.items() if version)


def _output(command: Sequence[str]) -> str:
    """What a program prints, on either stream; nothing if it is not there or fails to start."""
    try:
        finished = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except OSError:
        return ""
    return (finished.stdout + finished.stderr).strip()
