"""Start an installed `mockserver`, ask it for one page, stop it: `ask_installed.py PATH_OF_MOCKSERVER`.

Needs the standard library only, since it runs outside every environment.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

TIMEOUT_S = 60


def check(holds: bool, claim: str) -> None:
    """Say what was found, and end with 1 where it does not hold."""
    print(f"  {'yes' if holds else 'NO '}  {claim}", flush=True)
    if not holds:
        sys.exit(1)


def ask_for_page(announced: dict) -> dict:
    path = f"/api/v3/data/events/room/{announced['ids']['room']}?limit=3"
    request = urllib.request.Request(announced["url"] + path, headers={"X-API-Key": announced["keys"]["full"]})
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
        return json.load(answer)


def ask_for_reference(announced: dict) -> bool:
    """Is the reference page there, with its own files and those of Swagger UI, and a document for it?"""
    base = announced["url"] + "/api/v3/"
    for path, content in (
        ("docs", b"docs/files/page.js"),
        ("docs/files/page.js", b"SwaggerUIBundle"),
        ("docs/files/swagger-ui-bundle.js", b"SwaggerUIBundle"),
        ("openapi.json", b'"openapi":"3.1'),
    ):
        with urllib.request.urlopen(base + path, timeout=TIMEOUT_S) as answer:
            if content not in answer.read():
                return False
    return True


def main(program: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder, "ready.json")
        command = [program, "--port", "0", "--json", "--ready-file", str(ready)]
        with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE) as server:
            try:
                line = server.stdout.readline()
                check(bool(line), "it starts and says so")
                announced = json.loads(line)
                check(json.loads(ready.read_bytes()) == announced, "the ready file says the same")
                page = ask_for_page(announced)
                check(page["status"] == "success" and len(page["data"]) == 3, "a page of three events")
                check(ask_for_reference(announced), "the reference page with its files and document")
                server.send_signal(signal.SIGTERM)
                rest = server.communicate(timeout=TIMEOUT_S)[0]
                check(server.returncode == 0, "SIGTERM ends it with exit code 0")
                check(rest == b"", "nothing else on standard output")
                check(not ready.exists(), "the ready file is gone")
            finally:
                server.kill()


main(sys.argv[1])
