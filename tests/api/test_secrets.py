"""Secrets that sign nothing are refused when an emulator is made, not at the first request."""

import pytest

from mockserver import Settings, create_app
from mockserver.words.errors import SettingsError

PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"token_secret": ""}, "token_secret is empty: it takes any text, such as 'a secret'"),
        ({"link_secret": ""}, "link_secret is empty: it takes any text, such as 'a secret'"),
        ({"token_secret": PUBLIC_KEY}, "token_secret cannot sign with HS256: "),
    ],
)
def test_a_secret_that_signs_nothing_is_refused(settings: dict[str, str], told: str) -> None:
    """In one line that names it."""
    with pytest.raises(SettingsError) as refused:
        create_app(Settings(scenario="pair", **settings))  # type: ignore[arg-type]
    assert str(refused.value).startswith(told)
    assert "\n" not in str(refused.value)
