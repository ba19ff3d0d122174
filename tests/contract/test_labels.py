"""Every label against its source, written down by hand: who changes a label changes what is claimed of the service.

The tables below are from the public documentation (the pages on data types, the overview, keys) and from the
official client's code and fixtures; what neither says is inferred. They are not made from the project's own tables.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from document_support import errors_in
from flask import Flask

from mockserver.hyperstudy.routes import operations
from mockserver.ingestion import problems, reasons
from mockserver.openapi.fidelity import fidelity_section

Json = dict[str, Any]

DOCUMENTED, OBSERVED, INFERRED = "documented", "observed", "inferred"

# Operation to its label, and that of its scope where it differs.
OPERATIONS: dict[str, tuple[str, str | None]] = {
    "getHealth": (DOCUMENTED, None),
    "getOpenApiJson": (DOCUMENTED, None),
    "getOpenApiYaml": (DOCUMENTED, None),
    "getReference": (DOCUMENTED, None),
    "getReferenceFile": (INFERRED, None),
    "getEventsByExperiment": (DOCUMENTED, None),
    "getEventsByRoom": (DOCUMENTED, None),
    "getEventsByParticipant": (DOCUMENTED, None),
    "getRecordingsByExperiment": (DOCUMENTED, None),
    "getRecordingsByRoom": (DOCUMENTED, None),
    "getRecordingsByParticipant": (DOCUMENTED, None),
    "getChatByExperiment": (DOCUMENTED, None),
    "getChatByRoom": (DOCUMENTED, None),
    "getChatByParticipant": (DOCUMENTED, None),
    "getVideochatByExperiment": (DOCUMENTED, None),
    "getVideochatByRoom": (DOCUMENTED, None),
    "getVideochatByParticipant": (DOCUMENTED, None),
    "getRatingsContinuousByExperiment": (DOCUMENTED, None),
    "getRatingsContinuousByRoom": (DOCUMENTED, None),
    "getRatingsContinuousByParticipant": (DOCUMENTED, None),
    "getRatingsSparseByExperiment": (DOCUMENTED, None),
    "getRatingsSparseByRoom": (DOCUMENTED, None),
    "getRatingsSparseByParticipant": (DOCUMENTED, None),
    "getSyncByExperiment": (DOCUMENTED, None),
    "getSyncByRoom": (DOCUMENTED, None),
    "getSyncByParticipant": (DOCUMENTED, None),
    "getComponentsByExperiment": (DOCUMENTED, None),
    "getComponentsByRoom": (DOCUMENTED, None),
    "getComponentsByParticipant": (DOCUMENTED, None),
    "getEyetrackingByExperiment": (OBSERVED, INFERRED),
    "getEyetrackingByRoom": (OBSERVED, INFERRED),
    "getEyetrackingByParticipant": (OBSERVED, INFERRED),
    "getParticipantsByExperiment": (DOCUMENTED, None),
    "getParticipantsByRoom": (DOCUMENTED, None),
    "getRoomsByExperiment": (DOCUMENTED, None),
    "mintRecordingLink": (OBSERVED, None),
    "getRecordingFile": (INFERRED, None),
    "recordEvents": (DOCUMENTED, None),
    "getAgentDecisionsByExperiment": (OBSERVED, None),
    "getAgentDecisionsByRoom": (OBSERVED, None),
    "getAgentDecision": (OBSERVED, None),
    "getAgentRuns": (OBSERVED, None),
    "checkAccess": (DOCUMENTED, None),
    "getCounts": (OBSERVED, INFERRED),
    "getVariables": (OBSERVED, INFERRED),
    "listExperiments": (DOCUMENTED, None),
    "listSharedExperiments": (DOCUMENTED, None),
    "createExperiment": (DOCUMENTED, None),
    "validateExperiment": (OBSERVED, None),
    "getExperiment": (DOCUMENTED, None),
    "updateExperiment": (DOCUMENTED, None),
    "deleteExperiment": (DOCUMENTED, None),
    "getExperimentConfig": (OBSERVED, None),
    "exportExperiment": (OBSERVED, None),
    "listDeployments": (OBSERVED, INFERRED),
    "createDeployment": (OBSERVED, None),
    "getDeployment": (OBSERVED, INFERRED),
    "getDeploymentSessions": (OBSERVED, INFERRED),
    "getAgentSpend": (OBSERVED, INFERRED),
    "runMoreRooms": (OBSERVED, None),
    "stopRoom": (OBSERVED, None),
    "retryRoom": (OBSERVED, None),
    "listPersonas": (OBSERVED, None),
    "createPersona": (OBSERVED, None),
    "getPersona": (OBSERVED, None),
    "updatePersona": (OBSERVED, None),
    "deletePersona": (OBSERVED, None),
    "duplicatePersona": (OBSERVED, None),
    "getCognitionCatalog": (OBSERVED, None),
}

# What the data page and the overview list for a data type.
ON_A_PAGE = {
    "Events": {"startTime", "endTime", "limit", "offset", "sort", "order", "category"},
    "Recordings": {"limit", "offset"},
    "Chat": {"startTime", "endTime", "limit", "offset"},
    "Components": {"componentType", "completed", "stateId"},
    "Participants": {"sort"},
}
# What the client's methods for a data type send.
OF_THE_CLIENT = {
    "Events": {"deploymentId"},
    "Recordings": {"deploymentId"},
    "Chat": {"deploymentId", "sort", "order"},
    "Videochat": {"deploymentId", "startTime", "endTime", "sort", "order", "limit", "offset"},
    "Sync": {"deploymentId", "startTime", "endTime", "sort", "order", "limit", "offset", "aggregationWindow"},
    "RatingsContinuous": {"deploymentId", "startTime", "endTime", "sort", "order", "limit", "offset"},
    "RatingsSparse": {"deploymentId", "startTime", "endTime", "sort", "order", "limit", "offset"},
    "Components": {"deploymentId", "limit", "offset"},
    "Eyetracking": {"limit", "offset"},
    "Participants": {"deploymentId", "limit", "offset"},
    "Rooms": {"deploymentId", "limit", "offset"},
}

# Parameters of the other operations, where they are not labelled as their operation.
OTHER_PARAMETERS = {
    "listExperiments": {"search": OBSERVED, "limit": OBSERVED, "offset": OBSERVED},
    "listSharedExperiments": {"search": OBSERVED, "limit": OBSERVED, "offset": OBSERVED},
    "deleteExperiment": {"skipDataCheck": OBSERVED},
}

# What stands in a parameter's description, where a value of it is less well founded than the parameter.
TOLD = {
    ("getEventsByRoom", "category"): "Observed: `pre_experiment`, `questionnaire`.",
    ("getEventsByRoom", "startTime"): "itself included (inferred)",
    ("getEventsByRoom", "endTime"): "itself included (inferred)",
    ("getEventsByRoom", "limit"): "up to 10,000 (inferred)",
    ("getRoomsByExperiment", "limit"): "never has more than 5,000 (documented)",
    ("getComponentsByRoom", "componentType"): "In lower case, too (inferred).",
    ("getParticipantsByRoom", "sort"): "Inferred: `id`, `email`, `role`, `status`, `completionCode`.",
}

# Fields of records and bodies, by component and dotted path: their own label, whatever they are part of.
FIELDS = {
    "Event": {
        "id": DOCUMENTED, "timestamp": DOCUMENTED, "onset": DOCUMENTED, "sessionId": DOCUMENTED,
        "response.value": DOCUMENTED, "response.responseTime": DOCUMENTED, "roomId": OBSERVED, "stateId": OBSERVED,
    },
    "Recording": {
        "recordingId": DOCUMENTED, "downloadUrl": DOCUMENTED, "videoOffset": DOCUMENTED, "resolution": DOCUMENTED,
        "egressId": OBSERVED, "url": OBSERVED, "downloadPath": OBSERVED, "metadata.type": OBSERVED,
    },
    "ChatMessage": {"messageId": DOCUMENTED, "recipientIds": DOCUMENTED, "messageType": DOCUMENTED},
    "VideoChatEvent": {"id": INFERRED, "timestamp": INFERRED, "connectionId": INFERRED, "reason": INFERRED},
    "ContinuousRating": {"value": DOCUMENTED, "normalizedValue": DOCUMENTED, "rawValue": DOCUMENTED},
    "SparseRating": {
        "value": DOCUMENTED, "labels.min": DOCUMENTED, "responseTime": DOCUMENTED, "rawOnset": OBSERVED,
        "scale.max": OBSERVED, "confidence": OBSERVED, "metadata.question": OBSERVED, "ratingEndOnset": OBSERVED,
        "sparseRatingData.pauseIndex": OBSERVED, "sparseRatingData.previousRatings": OBSERVED,
    },
    "SyncMetric": {"timeDrift": DOCUMENTED, "playbackRate": DOCUMENTED, "bufferHealth": DOCUMENTED},
    "ComponentRecord": {
        "config.videoUrl": DOCUMENTED, "config.autoplay": DOCUMENTED, "variableSnapshot.condition": DOCUMENTED,
        "config.prompt": INFERRED, "config.durationMs": INFERRED, "completed": OBSERVED, "response.value": OBSERVED,
    },
    "GazeSample": {"gazeX": INFERRED, "timestamp": INFERRED, "valid": INFERRED},
    "Participant": {"completionCode": DOCUMENTED, "participantId": OBSERVED, "joinedAt": OBSERVED},
    "Room": {
        "deploymentName": DOCUMENTED, "participantCount": DOCUMENTED, "id": OBSERVED, "createdAt": OBSERVED,
        "duration": OBSERVED,
    },
    "Deployment": {"id": OBSERVED, "status": OBSERVED, "roomCount": INFERRED, "budgetUsd": INFERRED},
    "Session": {"status": OBSERVED, "batchId": INFERRED},
    "AgentSpend": {"total": OBSERVED, "perRoom": OBSERVED, "budgetUsd": INFERRED},
    "AgentRow": {"seq": OBSERVED, "latencyMs": OBSERVED, "costUsd": INFERRED},
    "ExperimentSummary": {"name": OBSERVED, "roomCount": OBSERVED, "organizationId": INFERRED},
    "Persona": {"name": OBSERVED, "ownerId": OBSERVED, "organizationId": INFERRED},
    "RecordingLink": {"url": OBSERVED},
    "Pagination": {
        "total": DOCUMENTED, "returned": DOCUMENTED, "hasMore": DOCUMENTED, "nextOffset": DOCUMENTED,
        "limit": OBSERVED, "offset": OBSERVED,
    },
}  # fmt: skip

# The label of each answer that is an error, and that of its details.
ERRORS = {
    "InvalidParameter": (DOCUMENTED, DOCUMENTED),
    "InvalidBody": (OBSERVED, OBSERVED),
    "Unauthorized": (DOCUMENTED, INFERRED),
    "Forbidden": (DOCUMENTED, OBSERVED),
    "OtherOrganisation": (INFERRED, INFERRED),
    "BadLink": (INFERRED, INFERRED),
    "NotFound": (DOCUMENTED, INFERRED),
    "Conflict": (INFERRED, INFERRED),
    "TooLarge": (INFERRED, INFERRED),
    "UnsupportedCoding": (INFERRED, INFERRED),
    "RangeNotSatisfiable": (INFERRED, INFERRED),
    "RateLimited": (DOCUMENTED, INFERRED),
    "InternalServerError": (DOCUMENTED, INFERRED),
}

# The ingestion API's: its three endpoints and what they record are documented.
INGESTION = {
    "ingestEvents": DOCUMENTED,
    "ingestFacial": DOCUMENTED,
    "ingestVoice": DOCUMENTED,
    "getIngestionOpenApiJson": INFERRED,
    "getIngestionOpenApiYaml": INFERRED,
}
INGESTION_ERRORS = {
    "400": INFERRED,
    "401": INFERRED,
    "404": DOCUMENTED,
    "413": INFERRED,
    "415": INFERRED,
    "429": DOCUMENTED,
    "500": INFERRED,
}

# Of the ingestion API's body, its fields, its token and its reasons: words of each choice of ours that stands there.
ISO = ("any form of ISO 8601", "no time zone means UTC", "`24:00` is the next day")
NUMBER = ('`true` and `"5"` are no numbers', "beyond 1.8e308")
NULL = "`null` is stored as it was sent"
INTEGER = (NUMBER[0], "`3.0` is an integer", NUMBER[1])
ITEM = ("nests at most 250 levels", "fields of other names are kept")
INGESTION_RULES = {
    "InteractionEventBatch": ("may come compressed", "fields of other names are ignored"),
    "InteractionEventBatch.sessionId": ("may not be empty", "may not have a NUL", "any session is taken"),
    "InteractionEventBatch.batch": ("may be empty", "more than 100,000 items"),
    "InteractionEvent": ITEM,
    "InteractionEvent.eventType": ("capitals matter",),
    "InteractionEvent.targetSelector": ("may be empty",),
    "InteractionEvent.timestamp": ISO,
    **{f"InteractionEvent.{name}": (*NUMBER, NULL) for name in ("x", "y", "scrollY", "inputLength")},
    "InteractionEvent.viewport": (NULL,),
    "InteractionEvent.viewport.width": (*NUMBER, "may be absent", NULL),
    "InteractionEvent.viewport.height": (*NUMBER, "may be absent", NULL),
    "FacialFrame": ITEM,
    "FacialFrame.frameIndex": INTEGER,
    "FacialFrame.timestamp": ISO,
    "FacialFrame.emotions": ("scores may sum to 0.95 to 1.05", "any text is a label", *NUMBER),
    "FacialFrame.attentionScore": NUMBER,
    "FacialFrame.gazeX": (*NUMBER, NULL),
    "FacialFrame.gazeY": (*NUMBER, NULL),
    "VoiceSegment": ITEM,
    "VoiceSegment.segmentIndex": INTEGER,
    "VoiceSegment.startTime": ISO,
    "VoiceSegment.endTime": ISO,
    "VoiceSegment.transcript": ("may be empty",),
    "VoiceSegment.sentiment": ("capitals matter",),
    "VoiceSegment.sentimentScore": NUMBER,
    "VoiceSegment.hesitationCount": (*INTEGER, NULL),
    "VoiceSegment.wordsPerMinute": (*NUMBER, NULL),
}

ORDER = [DOCUMENTED, OBSERVED, INFERRED]


def weaker(one: str, other: str) -> str:
    """Nothing is better founded than what it is part of."""
    return max(one, other, key=ORDER.index)


@pytest.fixture(scope="module")
def document(demo_app: Flask) -> Json:
    found: Json = demo_app.test_client().get("/api/v3/openapi.json").get_json()
    return found


@pytest.fixture(scope="module")
def described(document: Json) -> dict[str, Json]:
    """Operations by id."""
    return {one["operationId"]: one for methods in document["paths"].values() for one in methods.values()}


def parameters_of(document: Json, operation: Json, place: str) -> dict[str, Json]:
    """Parameters of a place by name, references followed."""
    listed = [
        document["components"]["parameters"][p["$ref"].rpartition("/")[2]] if "$ref" in p else p
        for p in operation.get("parameters", [])
    ]
    return {one["name"]: one for one in listed if one["in"] == place}


def label_of(described: Json, around: str) -> str:
    """The label of something: its own, where it has one and that promises less."""
    return weaker(described.get("x-fidelity", around), around)


def test_every_operation_has_the_label_of_its_source(described: dict[str, Json]) -> None:
    """And so has the scope that it needs."""
    found = {id_: (one["x-fidelity"], one.get("x-required-scope-fidelity")) for id_, one in described.items()}
    assert found == OPERATIONS
    assert set(OPERATIONS) == {operation.id for operation in operations()}


def data_types() -> Iterator[tuple[str, str, str]]:
    """Operation id, data type and scope of each data endpoint."""
    for id_ in OPERATIONS:
        name, _, scope = id_.removeprefix("get").partition("By")
        if scope and not name.startswith("Agent"):
            yield id_, name, scope.lower()


@pytest.mark.parametrize(("id_", "name", "scope"), list(data_types()))
def test_every_parameter_of_data_has_the_label_of_its_source(
    document: Json, described: dict[str, Json], id_: str, name: str, scope: str
) -> None:
    """What the pages list is documented, what the client's method sends is observed, the rest is ours."""
    around = OPERATIONS[id_][0]
    expected = {}
    for parameter in parameters_of(document, described[id_], "query"):
        label = OBSERVED if parameter in OF_THE_CLIENT.get(name, ()) else INFERRED
        # Any list can be had as CSV; a participant has to be told by the room.
        written = {*ON_A_PAGE.get(name, ()), "format", *(["roomId"] if scope == "participant" else [])}
        expected[parameter] = weaker(DOCUMENTED if parameter in written else label, around)
    assert {"roomId", "startTime", "endTime", "limit", "offset", "sort", "order", "format"} <= set(expected)
    found = parameters_of(document, described[id_], "query")
    assert {parameter: label_of(told, around) for parameter, told in found.items()} == expected


def test_the_tables_of_parameters_name_nothing_that_there_is_not(document: Json, described: dict[str, Json]) -> None:
    """A name that was changed in the code would otherwise be checked no more."""
    for table in (ON_A_PAGE, OF_THE_CLIENT):
        for name, listed in table.items():
            assert listed <= set(parameters_of(document, described[f"get{name}ByExperiment"], "query")), name


def test_every_other_parameter_has_the_label_of_its_source(document: Json, described: dict[str, Json]) -> None:
    """Those of management, agents and files; and headers."""
    data = {id_ for id_, _, _ in data_types()}
    for id_, operation in described.items():
        around = OPERATIONS[id_][0]
        query = parameters_of(document, operation, "query") if id_ not in data else {}
        for name, told in query.items():
            expected = OTHER_PARAMETERS.get(id_, {}).get(name, around)
            assert label_of(told, around) == expected, (id_, name)
        for name, told in parameters_of(document, operation, "header").items():
            assert label_of(told, around) == INFERRED, (id_, name)


@pytest.mark.parametrize(("id_", "name"), list(TOLD))
def test_what_is_less_well_founded_than_its_parameter_is_said(
    document: Json, described: dict[str, Json], id_: str, name: str
) -> None:
    """Values, bounds and ends of windows, in words."""
    assert TOLD[id_, name] in parameters_of(document, described[id_], "query")[name]["description"]


# Where a component is answered by operations with another label than documented.
AROUND = {"GazeSample", "Deployment", "Session", "AgentSpend", "AgentRow", "Persona", "RecordingLink"}


@pytest.mark.parametrize("component", list(FIELDS))
def test_fields_have_the_label_of_their_source(document: Json, component: str) -> None:
    """Of each record some fields of every origin, also nested ones."""
    schema = document["components"]["schemas"][component]
    for path, expected in FIELDS[component].items():
        told, label = schema, label_of(schema, OBSERVED if component in AROUND else DOCUMENTED)
        for name in path.split("."):
            told = told["properties"][name]
            label = label_of(told, label)
        assert label == expected, path


def test_bodies_and_answers_nobody_described_are_ours(document: Json) -> None:
    """Recording events is documented; what an event needs, and what is answered, is not."""
    schemas = document["components"]["schemas"]
    assert schemas["EventVerdicts"]["x-fidelity"] == INFERRED
    assert schemas["EventToRecord"]["x-fidelity"] == INFERRED


def test_every_error_has_the_label_of_its_source(document: Json) -> None:
    """A missing scope is documented, another organisation is not, and the combined answer says which is which."""
    schemas = document["components"]["schemas"]
    found: dict[str, set[tuple[str, str]]] = {}
    for _, _, told in errors_in(document):
        label = told["x-fidelity"]
        name = told["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        details = schemas[name]["properties"]["error"]["properties"]["details"]
        found.setdefault(name, set()).add((label, label_of(details, label)))
        assert name != "ForbiddenError" or "shared with (inferred)" in told["description"]
    assert found == {f"{name.removesuffix('Error')}Error": {labels} for name, labels in ERRORS.items()}


def test_every_header_of_an_answer_has_the_label_of_its_source(document: Json) -> None:
    """The wait is documented, and what HTTP itself says of ranges; the rest is ours."""
    documented = {name for name, told in document["components"]["headers"].items() if "x-fidelity" not in told}
    assert documented == {"Retry-After", "Accept-Ranges", "Content-Range"}


def test_the_ingestion_api_has_the_labels_of_its_sources(demo_app: Flask) -> None:
    """Endpoints and refusals."""
    document = demo_app.test_client().get("/api/openapi.json").get_json()
    listed = [one for methods in document["paths"].values() for one in methods.values()]
    assert {one["operationId"]: one["x-fidelity"] for one in listed} == INGESTION
    assert {(status, told["x-fidelity"]) for _, status, told in errors_in(document)} == set(INGESTION_ERRORS.items())


def rules_of(schema: Json, place: str) -> Iterator[tuple[str, list[Json]]]:
    """The rules beside a schema and beside each of its fields, by place."""
    if "x-rules" in schema:
        yield place, schema["x-rules"]
    for name, inner in schema.get("properties", {}).items():
        yield from rules_of(inner, f"{place}.{name}")


@pytest.fixture(scope="module")
def ingestion_document(demo_app: Flask) -> Json:
    found: Json = demo_app.test_client().get("/api/openapi.json").get_json()
    return found


def test_every_choice_of_the_ingestion_api_is_labelled_beside_its_field(ingestion_document: Json) -> None:
    """Each field of each body has its own, in order, and no other; the field itself stays documented."""
    schemas = ingestion_document["components"]["schemas"]
    names = {place.partition(".")[0] for place in INGESTION_RULES}
    found = {place: rules for name in names for place, rules in rules_of(schemas[name], name)}
    assert set(found) == set(INGESTION_RULES)
    for place, words in INGESTION_RULES.items():
        rules = found[place]
        assert [rule["x-fidelity"] for rule in rules] == [INFERRED] * len(words), place
        assert all(rule["rule"].startswith(start) for rule, start in zip(rules, words, strict=True)), (place, rules)
    for name in ("FacialFrameBatch", "VoiceSegmentBatch"):
        mine = {place.partition(".")[2]: rules for place, rules in rules_of(schemas[name], name)}
        first = {
            place.partition(".")[2]: rules for place, rules in found.items() if place.startswith("InteractionEventB")
        }
        assert mine == first
    assert "x-fidelity" not in schemas["FacialFrame"]["properties"]["emotions"]


def test_what_a_token_needs_is_labelled_rule_by_rule(ingestion_document: Json) -> None:
    """A day is documented; the algorithm, `exp` and the rest are ours."""
    rules = ingestion_document["components"]["securitySchemes"]["Bearer"]["x-rules"]
    told = {rule["rule"]: rule["x-fidelity"] for rule in rules}
    assert {label for text, label in told.items() if "24 hours" in text} == {DOCUMENTED}
    assert {label for text, label in told.items() if "24 hours" not in text} == {INFERRED}
    for word in ("HS256", "`exp` must be there", "`nbf`", "`iat`", "`plan`", "the machine's"):
        assert any(word in text for text in told), word


def test_of_all_reasons_only_that_for_a_missing_field_is_documented(ingestion_document: Json) -> None:
    """Each wording that there is stands in the document, made by the code that makes it for clients."""
    rules = ingestion_document["components"]["schemas"]["Rejection"]["properties"]["reason"]["x-rules"]
    assert [rule["rule"] for rule in rules if rule["x-fidelity"] == DOCUMENTED] == ["`Missing required field: NAME`"]
    kinds = {type(problem).__name__ for problem, _ in reasons._SAMPLES}
    # An item has no field that may not be empty.
    assert kinds == set(problems.__all__) - {"Problem", "TooShort", "HasNul"}
    assert len(rules) > len(kinds)


def test_the_readme_names_every_rule_of_the_ingestion_api(ingestion_document: Json) -> None:
    """With its label, and with the fields that have it."""
    section = fidelity_section()
    for place, words in INGESTION_RULES.items():
        name = place.rpartition(".")[2]
        for start in words:
            row = next(
                line for line in section.splitlines() if line.startswith(f"| {start}") and "| inferred |" in line
            )
            assert name in row or place[0].isupper(), (place, start)
