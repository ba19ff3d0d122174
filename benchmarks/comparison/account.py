"""A running emulator as the cases reach it: where it is, what gives access, and which lists they read."""

import json
import urllib.request
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from comparison.cases import DATA, DEMO, HUGE, INGESTION, Case, fetch

__all__ = ["Account", "data_path"]

# The experiment of each world that has the most records.
EXPERIMENT = {DEMO: "exp_research_001", HUGE: "exp_huge"}


@dataclass(frozen=True)
class Account:
    """A running emulator, and what gives access to it.

    Attributes:
        url: Where it answers, without a path.
        key: An API key that may read.
        token: A bearer token of the ingestion API.
        world: The scenario that it runs.
    """

    url: str
    key: str
    token: str
    world: str = DEMO

    def reading(self, name: str, path: str, query: str) -> Case:
        """A question to the data API."""
        credential = ("X-API-Key", self.key)
        return Case(name, "GET", path, query, credential, self._documents[DATA], DATA, world=self.world)

    def sending(self, name: str, kind: str, body: bytes) -> Case:
        """A batch of a kind (events, facial, voice) for the ingestion API."""
        credential, path = ("Authorization", f"Bearer {self.token}"), f"{INGESTION}/data/{kind}"
        return Case(name, "POST", path, "", credential, self._documents[INGESTION], INGESTION, body)

    @cached_property
    def _documents(self) -> dict[str, dict[str, Any]]:
        bases = (DATA, INGESTION)
        return {base: json.loads(fetch(urllib.request.Request(f"{self.url}{base}/openapi.json"))) for base in bases}


def data_path(data_type: str, world: str) -> str:
    """A list of the data API, of a world's largest experiment."""
    return f"{DATA}/data/{data_type}/experiment/{EXPERIMENT[world]}"
