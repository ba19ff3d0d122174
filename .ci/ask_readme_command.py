"""Run the README's first command as a person would, ask what it starts for a page, and stop it.

`ask_readme_command.py COMMAND FOLDER`; needs the standard library only.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

TIMEOUT_S = 300


def main(command: str, folder: str) -> None:
    ready = Path(folder, "ready.json")
    environment = {**os.environ, "MOCKSERVER_PORT": "0", "MOCKSERVER_READY_FILE": str(ready)}
    server = subprocess.Popen(["bash", "-c", command], cwd=folder, env=environment, start_new_session=True)
    try:
        deadline_s = time.monotonic() + TIMEOUT_S
        while not ready.exists():
            if server.poll() is not None or time.monotonic() > deadline_s:
                sys.exit("the README's first command did not start a server")
            time.sleep(0.1)
        announced = json.loads(ready.read_bytes())
        page = f"{announced['url']}/api/v3/data/events/room/{announced['ids']['room']}?limit=2"
        request = urllib.request.Request(page, headers={"X-API-Key": announced["keys"]["full"]})
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            if len(json.load(answer)["data"]) != 2:
                sys.exit("the server did not answer a page of two events")
        print("  yes  it starts, and answers a page", flush=True)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=60)
    deadline_s = time.monotonic() + 60
    while ready.exists():
        if time.monotonic() > deadline_s:
            sys.exit("the ready file outlived the server")
        time.sleep(0.1)
    print("  yes  it stops, and takes its ready file away", flush=True)


main(sys.argv[1], sys.argv[2])
