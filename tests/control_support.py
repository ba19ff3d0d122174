"""What tests of sandboxes and journals share: an application of a test's own, asked through its control API."""

from typing import Any

from emulator import keys_of, sandbox_of
from werkzeug.test import TestResponse

from mockserver import Settings, create_app
from mockserver.hyperstudy.routes import BASE_PATH

Json = dict[str, Any]


class Control:
    """An application, asked below its control API's base path or anywhere."""

    def __init__(self, scenario: str = "pair", **settings: Any) -> None:
        self.app = create_app(Settings(scenario=scenario, **settings))
        self.client = self.app.test_client(use_cookies=False)
        self.key = keys_of(sandbox_of(self.app))["full"]

    def ask(self, method: str, path: str, body: Any = None, status: int | None = None, **options: Any) -> TestResponse:
        """Send one request below `/_mock`, and hold its status against the one that is expected."""
        if body is not None:
            options["json"] = body
        answer = self.client.open("/_mock" + path, method=method, **options)
        assert status is None or answer.status_code == status, answer.text
        return answer

    def make(self, name: str, body: Any = None, status: int = 201) -> Json:
        """A new sandbox; what is told of it."""
        made: Json = self.ask("PUT", f"/sandboxes/{name}", body or {}, status).get_json()
        return made

    def error(self, method: str, path: str, body: Any = None, status: int = 400, **options: Any) -> str:
        """The sentence that a refusal of the control API has."""
        answer = self.ask(method, path, body, status, **options)
        assert list(answer.get_json()) == ["error"]
        message: str = answer.get_json()["error"]
        return message

    def data_api(self, path: str, prefix: str = "", **options: Any) -> TestResponse:
        """One request to the data API with the full key, below a sandbox's prefix."""
        headers = {"X-API-Key": self.key, **options.pop("headers", {})}
        return self.client.open(prefix + BASE_PATH + path, headers=headers, **options)

    def journal(self, prefix: str = "", **query: Any) -> list[Json]:
        """The entries of a sandbox's journal that the query leaves."""
        answer = self.client.get(f"{prefix}/_mock/journal", query_string=query)
        assert answer.status_code == 200, answer.text
        entries: list[Json] = answer.get_json()["entries"]
        return entries

    def add_persona(self, name: str, prefix: str = "") -> Json:
        """Write something to a sandbox."""
        answer = self.data_api("/personas", prefix, method="POST", json={"name": name, "visibility": "public"})
        assert answer.status_code == 201, answer.text
        persona: Json = answer.get_json()["data"]
        return persona

    def personas(self, prefix: str = "") -> list[str]:
        """The names of the personas of a sandbox."""
        return [persona["name"] for persona in self.data_api("/personas", prefix).get_json()["data"]]
