"""What can be set. Every field is a flag of the command line and has a twin `MOCKSERVER_<FLAG>`.

`Settings` are a sandbox's, and each has its own; `ProcessSettings` hold for all sandboxes of a process.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mockserver.sandbox.origins import DEFAULT_ORIGINS, normal_origins
from mockserver.words.fidelity import Fidelity

__all__ = ["DEFAULT_MAX_BODY_BYTES", "DEFAULT_PORT", "ProcessSettings", "Settings"]

DEFAULT_PORT = 4747
DEFAULT_MAX_BODY_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one sandbox is set up; immutable, so that it cannot change under a client.

    Raises:
        SettingsError: An origin can match none.

    Attributes:
        scenario: Name of a shipped scenario, or the path of a TOML file.
        seed: World seed, 0 to 2**63 - 1; None takes the scenario's.
        now: Where the experiments are moved: `machine` is the machine's time when the sandbox is made, a number is an
            instant in ms since the epoch; None leaves them where the scenario has them.
        max_body_bytes: A larger request body is answered with 413.
        strict_sessions: Ingestion answers 404 for a session the scenario does not list.
        rate_limits: The documented limits on requests are enforced, by both APIs.
        reading: Where sources disagree, what the documentation says or what the official client saw.
        least_fidelity: The weakest label that is served: `documented` hides every operation, parameter and field that
            is observed or inferred, `observed` what is inferred, and `inferred` nothing.
        allowed_origins: Browser origins that may call; `*` is anything but `/`, and as a port any port or none. They
            replace the default, pages of this machine and browser extensions, for which `default` stands among them.
            Brought into the form in which browsers send them (`origins.py`).
        token_secret: Signs and checks ingestion JWTs (HS256). A development secret, public on purpose.
        link_secret: Signs recording links. Public on purpose too.
        journal_entries: How many requests the journal holds.
        journal_bytes: What its entries may weigh together.
    """

    scenario: str = "demo"
    seed: int | None = None
    now: Literal["machine"] | int | None = None
    max_body_bytes: int = DEFAULT_MAX_BODY_BYTES
    strict_sessions: bool = False
    rate_limits: bool = False
    reading: Literal["documented", "observed"] = "documented"
    least_fidelity: Fidelity = "inferred"
    allowed_origins: tuple[str, ...] = DEFAULT_ORIGINS
    token_secret: str = "mockserver development secret, not for production"
    link_secret: str = "mockserver link secret, not for production"
    journal_entries: int = 5_000
    journal_bytes: int = 8 * 1024 * 1024

    def __post_init__(self) -> None:
        object.__setattr__(self, "allowed_origins", normal_origins(self.allowed_origins))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSettings:
    """How one process is set up, whatever its sandboxes are.

    Attributes:
        host: Address or name to listen on; `localhost` is both loopback families, `*` every address.
        port: 0 picks a free one.
        store_url: SQLAlchemy URL of what clients write; None keeps it in memory.
        control_token: What other machines must send to `/_mock`; None lets only this machine in there.
        public_urls: Where clients reach this server from outside, such as `https://mock.example.com/study`; what links
            begin with, the first one where a request came by none of them.
        trusted_proxies: Addresses and networks whose `Forwarded` and `X-Forwarded-*` headers count.
        tls_cert: File in PEM with a certificate; HTTPS is served then, and nothing else.
        tls_key: File in PEM with its key; None where the certificate's file has it.
        compress: JSON, CSV and other text is sent compressed to clients that accept it.
    """

    host: str = "localhost"
    port: int = DEFAULT_PORT
    store_url: str | None = None
    control_token: str | None = None
    public_urls: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    tls_cert: Path | None = None
    tls_key: Path | None = None
    compress: bool = False
