"""What a study has before any client writes: the experiments, deployments and personas of the scenario."""

from collections.abc import Mapping
from dataclasses import dataclass

from mockserver.sandbox.study.definitions import definition_of
from mockserver.sandbox.study.shelves import Kept
from mockserver.simulation.scenario.specs import ExperimentSpec, Scenario

__all__ = ["Baseline", "baseline_of"]

# A study is written some weeks before its first room.
_PREPARED_BEFORE_MS = 14 * 86_400_000


@dataclass(frozen=True, slots=True)
class Baseline:
    """The documents of a scenario, in its order; each belongs to its id."""

    experiments: Mapping[str, Kept]
    deployments: Mapping[str, Kept]
    personas: Mapping[str, Kept]


def baseline_of(scenario: Scenario) -> Baseline:
    """Make the documents of a scenario."""
    return Baseline(
        {id_: _experiment(id_, spec, scenario) for id_, spec in scenario.experiments.items()},
        {
            deployment_id: _deployment(deployment_id, experiment_id, spec)
            for experiment_id, spec in scenario.experiments.items()
            for deployment_id in spec.deployments
        },
        _personas(scenario),
    )


def _experiment(experiment_id: str, spec: ExperimentSpec, scenario: Scenario) -> Kept:
    prepared_ms = spec.starts_ms - _PREPARED_BEFORE_MS
    return Kept(
        id=experiment_id,
        body=definition_of(spec, scenario),
        owner=spec.owner,
        organisation=spec.organisation,
        created_ms=prepared_ms,
        updated_ms=prepared_ms,
        shared_with=spec.shared_with,
    )


def _deployment(deployment_id: str, experiment_id: str, spec: ExperimentSpec) -> Kept:
    created_ms = spec.starts_ms - _PREPARED_BEFORE_MS // 2
    return Kept(
        id=deployment_id,
        body={"experimentId": experiment_id, "config": {"type": "mixed" if spec.agents else "human"}},
        owner=spec.owner,
        organisation=spec.organisation,
        created_ms=created_ms,
        updated_ms=created_ms,
        shared_with=spec.shared_with,
    )


def _personas(scenario: Scenario) -> dict[str, Kept]:
    first_ms = min((spec.starts_ms for spec in scenario.experiments.values()), default=0)
    made_ms = first_ms - 2 * _PREPARED_BEFORE_MS
    return {
        persona_id: Kept(
            id=persona_id,
            body={
                "name": persona.name,
                "description": persona.description,
                "provider": persona.provider,
                "model": persona.model,
                "visibility": "organization",
            },
            owner=persona.owner,
            organisation=persona.organisation,
            created_ms=made_ms,
            updated_ms=made_ms,
            shared_with={},
        )
        for persona_id, persona in scenario.personas.items()
    }
