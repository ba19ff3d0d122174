"""Calls every operation in a list with the client that openapi-python-client has made, the package `client`."""

import importlib
import json
import re
import sys
from pathlib import Path


def snake(name: str) -> str:
    return re.sub("(?<!^)[A-Z]", lambda letter: "_" + letter[0].lower(), name)


base_url, key, calls = sys.argv[1:]
client = importlib.import_module("client.client").AuthenticatedClient(
    base_url, token=key, prefix="", auth_header_name="X-API-Key"
)
for call in json.loads(Path(calls).read_text(encoding="utf-8")):
    module = importlib.import_module(f"client.api.{call['tag']}.{snake(call['id'])}")
    arguments = {snake(name): value for name, value in {**call["path"], **call["query"]}.items()}
    answer = module.sync_detailed(client=client, **arguments)
    assert answer.status_code == 200, (call["id"], answer)
    assert type(answer.parsed).__name__ == call["schema"], (call["id"], type(answer.parsed))
    print(call["id"])
