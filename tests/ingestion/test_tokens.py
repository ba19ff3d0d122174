"""Tokens against a time that is handed in: no test here waits, or depends on the day it runs."""

import base64
import json
from typing import Any

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.ingestion import tokens
from mockserver.ingestion.errors import Unauthorized

SECRET = "a secret that is long enough for anyone"
NOW_MS = 1_773_656_072_000
NOW_S = NOW_MS // 1000
MALFORMED = "Token is malformed: it must be a JWT (header.payload.signature)"


def signed(**claims: Any) -> str:
    return jwt.encode(claims, SECRET, algorithm="HS256")


def refusal(token: str, now_ms: int = NOW_MS, secret: str = SECRET) -> str:
    with pytest.raises(Unauthorized) as refused:
        tokens.check(token, secret, now_ms)
    assert refused.value.status == 401
    return str(refused.value)


def raw(header: bytes, payload: bytes) -> str:
    """A token of any two parts, with a signature that is none."""
    parts = (base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (header, payload, b"no"))
    return ".".join(parts)


class TestMint:
    def test_minted_token_carries_documented_lifetime(self) -> None:
        """A day, counted from the given time."""
        claims = tokens.check(tokens.mint(SECRET, NOW_MS), SECRET, NOW_MS)
        assert claims == {"sub": "tester", "iat": NOW_S, "exp": NOW_S + 86_400}

    def test_subject_and_lifetime_can_be_chosen(self) -> None:
        """A lifetime that is not above zero makes a token that has expired."""
        token = tokens.mint(SECRET, NOW_MS, subject="ada", ttl_s=0)
        assert jwt.decode(token, SECRET, ["HS256"], options={"verify_exp": False})["sub"] == "ada"
        assert refusal(token) == "Token has expired: log in again, or mint another"

    def test_same_input_gives_same_token(self) -> None:
        """No chance in it."""
        assert tokens.mint(SECRET, NOW_MS) == tokens.mint(SECRET, NOW_MS + 999)

    def test_others_can_read_it(self) -> None:
        """It is a plain HS256 JWT."""
        token = tokens.mint(SECRET, NOW_MS)
        assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}

    def test_short_secret_works_without_a_warning(self) -> None:
        """Warnings are errors in these tests, and in those of some users."""
        assert tokens.check(tokens.mint("short", NOW_MS), "short", NOW_MS)["sub"] == "tester"


class TestTime:
    def test_token_is_valid_until_the_millisecond_it_expires(self) -> None:
        """From its exp on, it is not."""
        token = signed(exp=NOW_S + 10)
        assert tokens.check(token, SECRET, NOW_MS + 9_999) == {"exp": NOW_S + 10}
        assert refusal(token, NOW_MS + 10_000) == "Token has expired: log in again, or mint another"

    def test_token_from_the_future_is_not_yet_valid(self) -> None:
        """Less than a second ahead is a rounded clock."""
        token = signed(exp=NOW_S + 100, nbf=NOW_S + 10)
        message = "Token is not yet valid: its nbf lies in the future"
        assert refusal(token) == message
        assert refusal(token, NOW_MS + 9_000) == message
        assert tokens.check(token, SECRET, NOW_MS + 9_001)["nbf"] == NOW_S + 10

    @pytest.mark.parametrize("ahead_s", [0.001, 2, 3600, 10**9])
    def test_when_a_token_was_issued_does_not_matter(self, ahead_s: float) -> None:
        """A client's clock may be ahead."""
        token = signed(exp=NOW_S + 100, iat=NOW_S + ahead_s)
        assert tokens.check(token, SECRET, NOW_MS)["iat"] == NOW_S + ahead_s

    def test_fractions_of_seconds_count(self) -> None:
        """JWTs may have them."""
        token = signed(exp=NOW_S + 0.5)
        assert tokens.check(token, SECRET, NOW_MS + 499) == {"exp": NOW_S + 0.5}
        assert refusal(token, NOW_MS + 500).startswith("Token has expired")

    @pytest.mark.parametrize("claims", [{}, {"sub": "x"}, {"exp": None}])
    def test_token_without_expiry_is_refused(self, claims: dict[str, Any]) -> None:
        """The service makes none."""
        assert refusal(signed(**claims)) == "Token has no expiry: it needs a numeric exp claim"

    @pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
    @pytest.mark.parametrize("value", ["tomorrow", True, [], {}])
    def test_time_that_is_no_number_is_malformed(self, claim: str, value: Any) -> None:
        """Which one is told. PyJWT itself would sign some of these only unseen."""
        claims = {"exp": NOW_S + 9} | {claim: value}
        token = jwt.PyJWS().encode(json.dumps(claims).encode(), SECRET)
        assert refusal(token) == f"Token is malformed: its {claim} claim must be a number of seconds"

    def test_expiry_beyond_all_dates_is_fine(self) -> None:
        """There is no overflow in it."""
        for exp in (10**18, 2**64, 1e300):
            assert tokens.check(signed(exp=exp), SECRET, NOW_MS)["exp"] == exp


class TestSignature:
    def test_other_secret_is_refused(self) -> None:
        """And so is a changed payload."""
        message = "Token signature is invalid: it was signed with another secret"
        token = signed(exp=NOW_S + 9)
        assert refusal(token, secret=SECRET + "!") == message
        head, _, signature = token.split(".")
        body = base64.urlsafe_b64encode(b'{"exp":9999999999}').rstrip(b"=").decode()
        assert refusal(f"{head}.{body}.{signature}") == message

    @pytest.mark.parametrize("algorithm", ["none", "HS384", "HS512"])
    @pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
    def test_other_algorithms_are_refused(self, algorithm: str) -> None:
        """Also where the signature would be right."""
        key = "" if algorithm == "none" else SECRET
        token = jwt.encode({"exp": NOW_S + 9}, key, algorithm=algorithm)
        assert refusal(token) == "Token must be signed with HS256: no other alg is accepted"

    @pytest.mark.parametrize("alg", ['"NONE"', '"hs256"', '"RS256"', '""', "null", "[]", '["HS256"]', "{}", "1"])
    def test_odd_algorithms_are_refused(self, alg: str) -> None:
        """However they are spelled."""
        token = raw(b'{"alg":%s}' % alg.encode(), b'{"exp":9999999999}')
        assert refusal(token) == "Token must be signed with HS256: no other alg is accepted"

    @pytest.mark.parametrize(
        "token",
        [
            "",
            "abc",
            "a.b",
            "..",
            "a.b.c.d.e",
            "ünïcödé.x.y",
            raw(b"[]", b"{}"),
            raw(b"not json", b"{}"),
            raw(b"[" * 100_000, b"{}"),
            raw(b'{"alg":' + b"[" * 100_000, b"{}"),
        ],
    )
    def test_text_that_is_no_jwt_is_malformed(self, token: str) -> None:
        """Whatever is in it."""
        assert refusal(token) == MALFORMED

    @pytest.mark.parametrize("payload", [b"", b"[]", b"null", b"{", b'{"exp": NaN}', b"[" * 5000])
    def test_signed_payload_that_is_no_object_is_malformed(self, payload: bytes) -> None:
        """A signature does not make it a token."""
        assert refusal(jwt.PyJWS().encode(payload, SECRET)) == MALFORMED

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.text(max_size=60) | st.binary(max_size=60).map(lambda part: raw(b'{"alg":"HS256"}', part)))
    def test_no_text_is_a_token_by_accident(self, token: str) -> None:
        """Anything but a token is refused, and nothing crashes."""
        assert refusal(token)


class TestHeader:
    @pytest.mark.parametrize(
        "header", ["Bearer a.b.c", "bearer a.b.c", "BEARER  a.b.c", "Bearer\ta.b.c", " Bearer a.b.c "]
    )
    def test_token_is_what_follows_the_scheme(self, header: str) -> None:
        """In any case, with any space."""
        assert tokens.bearer_token(header) == "a.b.c"

    @pytest.mark.parametrize(
        ("header", "beginning"),
        [
            (None, "Missing Authorization header"),
            ("", "Missing Authorization header"),
            ("  ", "Missing Authorization header"),
            ("Bearer", "Missing token"),
            ("Bearer  ", "Missing token"),
            ("Basic a", "Unsupported authorization scheme"),
            ("a.b.c", "Unsupported authorization scheme"),
        ],
    )
    def test_other_headers_are_refused(self, header: str | None, beginning: str) -> None:
        """The message names what is wrong, and what to send."""
        with pytest.raises(Unauthorized) as refused:
            tokens.bearer_token(header)
        assert str(refused.value) == f"{beginning}: send 'Authorization: Bearer <JWT>'"
