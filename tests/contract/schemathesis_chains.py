"""Chains of requests, each step by a link of the document: CONFIG DOCUMENT URL SEED CALLS STEPS

Schemathesis' own command ends its chains at the first sign that a request is answered otherwise than before, and
calls that a success. Deleting does that, so it would send a hundred requests. Here each batch of chains begins anew,
with another seed, until so many requests were sent.
"""

import sys
from typing import Any

import hypothesis
import schemathesis
import schemathesis_hooks
from hypothesis.errors import HypothesisException

# Chains of one batch; the first of them is the simplest that there is.
BATCH = 5
SETTINGS: dict[str, Any] = {
    "max_examples": BATCH,
    "phases": [hypothesis.Phase.generate],
    "deadline": None,
    "database": None,
    "suppress_health_check": list(hypothesis.HealthCheck),
}


def main(config: str, document: str, url: str, seed: int, calls: int, steps: int) -> int:
    """Send at least so many requests, in chains of so many steps at the most; 1 if one of them proves anything."""
    schema = schemathesis.openapi.from_path(document, config=schemathesis.Config.from_path(config))
    schema.config.update(base_url=url)
    failures: list[str] = []

    class Chains(schema.as_state_machine()):  # type: ignore[misc]
        def step(self, input: Any) -> Any:
            schemathesis_hooks.first_of_chain = input.transition is None
            return super().step(input)

        def validate_response(self, response: Any, case: schemathesis.Case, **more: Any) -> None:
            try:
                super().validate_response(response, case, **more)
            except BaseException as error:
                failures.append(told(error))
                raise

    settings = hypothesis.settings(stateful_step_count=steps, **SETTINGS)
    while not failures and sum(schemathesis_hooks.calls["stateful"].values()) < calls:
        try:
            hypothesis.seed(seed)(Chains).run(settings=settings)
        except HypothesisException as error:
            # A request that was answered otherwise than before ends a batch, and is no failure.
            print(f"seed {seed}: {type(error).__name__}")
        seed += 1
    print(*failures, sep="\n")
    return 1 if failures else 0


def told(error: BaseException) -> str:
    """An error with all that it is made of."""
    return "\n".join([str(error), *map(told, getattr(error, "exceptions", ()))])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4], *map(int, sys.argv[4:])))
