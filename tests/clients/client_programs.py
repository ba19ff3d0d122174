"""Programs in TypeScript and Go that call every operation in a list, written for the clients that generators made.

These languages check types before anything runs, so a program names its operations and parameters; a loop over names
would check nothing.
"""

import json
from collections.abc import Sequence
from typing import Any

__all__ = ["go_program", "hey_api_program", "openapi_fetch_program", "typescript_fetch_program"]

Call = dict[str, Any]
_READ_ARGUMENTS = "const [baseUrl, key] = process.argv.slice(2) as [string, string];\n"
_REFUSE = "  if (!ok) throw new Error(id);\n  console.log(id);\n"


def openapi_fetch_program(calls: Sequence[Call]) -> str:
    """For the types that openapi-typescript makes, in `schema.ts`."""
    lines = [
        'import createClient from "openapi-fetch";\nimport type { paths } from "./schema";\n',
        _READ_ARGUMENTS,
        'const client = createClient<paths>({ baseUrl, headers: { "X-API-Key": key } });\n',
        f"function check(id: string, ok: boolean): void {{\n{_REFUSE}}}\n",
        "async function main(): Promise<void> {\n",
    ]
    for call in calls:
        sent = {place: call[place] for place in ("path", "query") if call[place]}
        options = f"{{ params: {json.dumps(sent)} }}"
        lines.append(f"  {{ const answer = await client.GET({json.dumps(call['template'])}, {options});\n")
        lines.append(f"    const data: unknown = answer.data; check({json.dumps(call['id'])}, !!data); }}\n")
    return "".join([*lines, "}\nvoid main();\n"])


def hey_api_program(calls: Sequence[Call]) -> str:
    """For the functions and zod schemas that hey-api makes, in the folder `made`: each answer is parsed."""
    lines = [
        'import { createClient } from "./made/client";\nimport * as sdk from "./made/sdk.gen";\n',
        'import * as schemas from "./made/zod.gen";\n',
        _READ_ARGUMENTS,
        "const client = createClient({ baseUrl, auth: key, throwOnError: true });\n",
        "async function main(): Promise<void> {\n",
    ]
    for call in calls:
        options = ", ".join(f"{name}: {json.dumps(call[name])}" for name in ("path", "query") if call[name])
        schema = f"z{call['id'][0].upper()}{call['id'][1:]}Response"
        lines.append(f"  {{ const answer = await sdk.{call['id']}({{ client, {options} }});\n")
        lines.append(f"    schemas.{schema}.parse(answer.data); console.log({json.dumps(call['id'])}); }}\n")
    return "".join([*lines, "}\nvoid main();\n"])


def typescript_fetch_program(calls: Sequence[Call]) -> str:
    """For the classes that openapi-generator makes, in the folder `made`."""
    lines = [
        'import * as made from "./made";\n',
        _READ_ARGUMENTS,
        "const configuration = new made.Configuration({ basePath: baseUrl, apiKey: key });\n",
        f"function check(id: string, ok: boolean): void {{\n{_REFUSE}}}\n",
        "async function main(): Promise<void> {\n",
    ]
    for call in calls:
        api = f"new made.{call['tag'].capitalize()}Api(configuration)"
        arguments = json.dumps({**call["path"], **call["query"]}) if {**call["path"], **call["query"]} else ""
        lines.append(f"  {{ const answer: made.{call['schema']} = await {api}.{call['id']}({arguments});\n")
        lines.append(f"    check({json.dumps(call['id'])}, !!answer); }}\n")
    return "".join([*lines, "}\nvoid main();\n"])


def go_program(calls: Sequence[Call], module: str) -> str:
    """For the package that openapi-generator makes, the module of that name."""
    lines = [
        f'package main\n\nimport (\n\t"context"\n\t"fmt"\n\t"os"\n\n\tclient "{module}"\n)\n\n',
        'func check(id string, err error) {\n\tif err != nil {\n\t\tpanic(id + ": " + err.Error())\n\t}\n',
        "\tfmt.Println(id)\n}\n\nfunc main() {\n",
        "\tconfiguration := client.NewConfiguration()\n",
        "\tconfiguration.Servers = client.ServerConfigurations{{URL: os.Args[1]}}\n",
        '\tkeys := map[string]client.APIKey{"ApiKey": {Key: os.Args[2]}}\n',
        "\tctx := context.WithValue(context.Background(), client.ContextAPIKeys, keys)\n",
        "\tapi := client.NewAPIClient(configuration)\n",
    ]
    for call in calls:
        path = "".join(f", {json.dumps(value)}" for value in call["path"].values())
        query = "".join(f".{n[0].upper()}{n[1:]}({json.dumps(value)})" for n, value in call["query"].items())
        method = call["id"][0].upper() + call["id"][1:]
        lines.append(f"\t{{\n\t\tvar answer *client.{call['schema']}\n")
        lines.append(f"\t\tanswer, _, err := api.{call['tag'].capitalize()}API.{method}(ctx{path}){query}.Execute()\n")
        lines.append(f"\t\t_ = answer\n\t\tcheck({json.dumps(call['id'])}, err)\n\t}}\n")
    return "".join([*lines, "}\n"])
