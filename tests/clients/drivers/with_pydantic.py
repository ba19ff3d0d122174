"""Reads every answer in a list with the models that datamodel-code-generator has made, the module `models`."""

import importlib
import json
import sys
import urllib.parse
import urllib.request
from pathlib import Path

base_url, key, calls = sys.argv[1:]
models = importlib.import_module("models")
for call in json.loads(Path(calls).read_text(encoding="utf-8")):
    url = f"{base_url}{call['url']}?{urllib.parse.urlencode(call['query'])}"
    request = urllib.request.Request(url, headers={"X-API-Key": key})
    with urllib.request.urlopen(request) as answer:
        sent = json.load(answer)
    read = getattr(models, call["schema"]).model_validate(sent)
    told = json.loads(read.model_dump_json(by_alias=True, exclude_unset=True))
    assert told.keys() == sent.keys(), call["id"]
    print(call["id"])
