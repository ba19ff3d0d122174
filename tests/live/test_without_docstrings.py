"""Python started with `-OO`, as some images do: no docstrings, no assertions, and every answer as before."""

import json
import subprocess
import sys

from mockserver import Settings, create_app
from mockserver.words.addresses import DATA_API

# They say what time it is on this machine.
TELL_TIME = ("/_mock/clock", "/_mock/journal", "/_mock/sandboxes", "/_mock/sandboxes/default")
ASK = """
import hashlib, json, sys
from mockserver import Settings, create_app
client = create_app(Settings(scenario="pair")).test_client()
said = {}
for path in json.loads(sys.argv[1]):
    answer = client.get(path, headers={"X-API-Key": "hst_live_your_key_here", "Host": "localhost:4747"})
    said[path] = [answer.status_code, hashlib.sha256(answer.data).hexdigest()]
print(sys.flags.optimize, json.dumps(said))
"""


def paths_of_every_get() -> list[str]:
    """As the documents show them, with the examples of their path parameters."""
    client = create_app(Settings(scenario="pair")).test_client()
    paths = ["/", "/_mock", f"{DATA_API}/docs"]
    for document_path in (f"{DATA_API}/openapi.json", "/api/openapi.json", "/_mock/openapi.json"):
        document = client.get(document_path).get_json()
        paths += [document_path, document_path.replace("json", "yaml")]
        base = document_path.removesuffix("/openapi.json")
        for path, item in document["paths"].items():
            if "get" in item:
                for parameter in item["get"].get("parameters", ()):
                    if parameter.get("in") == "path":
                        path = path.replace("{" + parameter["name"] + "}", str(parameter.get("example", "none")))
                paths.append(base + path)
    return [path for path in paths if path not in TELL_TIME]


def answers(paths: list[str], *flags: str) -> dict[str, list]:
    done = subprocess.run(
        [sys.executable, *flags, "-c", ASK, json.dumps(paths)], capture_output=True, text=True, check=True, timeout=120
    )
    level, _, said = done.stdout.partition(" ")
    assert level == ("2" if flags else "0")
    return json.loads(said)


def test_every_answer_is_the_same() -> None:
    paths = paths_of_every_get()
    plain = answers(paths)
    assert len(paths) > 60
    assert sum(status == 200 for status, _ in plain.values()) > 50
    assert answers(paths, "-OO") == plain
