"""Calls every operation in a list with the client that openapi-generator has made, the package `openapi_client`."""

import importlib
import json
import re
import sys
from pathlib import Path


def snake(name: str) -> str:
    return re.sub("(?<!^)[A-Z]", lambda letter: "_" + letter[0].lower(), name)


base_url, key, calls = sys.argv[1:]
made = importlib.import_module("openapi_client")
client = made.ApiClient(made.Configuration(host=base_url, api_key={"ApiKey": key}))
for call in json.loads(Path(calls).read_text(encoding="utf-8")):
    api = getattr(made, call["tag"].capitalize() + "Api")(client)
    arguments = {snake(name): value for name, value in {**call["path"], **call["query"]}.items()}
    answer = getattr(api, snake(call["id"]) + "_with_http_info")(**arguments)
    assert answer.status_code == 200, (call["id"], answer)
    assert type(answer.data).__name__ == call["schema"], (call["id"], type(answer.data))
    print(call["id"])
