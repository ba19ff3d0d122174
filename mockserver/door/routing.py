"""Which API a path belongs to: one rule for whoever answers in an API's envelope without a route of its."""

from types import ModuleType

from mockserver import control, hyperstudy, ingestion

__all__ = ["APIS", "api_of"]

# The first that fits wins, so the data API stands before the ingestion API, whose base is above its own.
APIS = (hyperstudy, ingestion, control)


def api_of(path: str) -> ModuleType | None:
    """The package of the API that a path lies in, with or without a query; None where none is served."""
    place = path.partition("?")[0]
    for api in APIS:
        if place == api.BASE_PATH or place.startswith(api.BASE_PATH + "/"):
            return api
    return None
