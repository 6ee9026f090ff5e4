"""What no text keeps, and what every text may: secrets by their shape, counts, dates and ids."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.telemetry.masking import LONGEST_TEXT, MASK, masked
from tests.unit.telemetry.secret_shapes import SECRETS

AROUND = st.sampled_from(
    [("", ""), ("see ", " for more"), ("'", "',"), ("(", ")"), ("key: ", "\n"), ("a=", "&b=c")]
)


class TestShapes:
    @pytest.mark.parametrize("kind", SECRETS)
    @given(data=st.data(), around=AROUND)
    def test_no_secret_survives(self, kind: str, data: st.DataObject, around: tuple[str, str]) -> None:
        """Wherever it stands, nothing longer than a few characters of it is left."""
        secret = data.draw(SECRETS[kind])
        text = masked(around[0] + secret + around[1])
        assert MASK in text
        assert secret not in text
        assert not any(secret[start : start + 9] in text for start in range(max(1, len(secret) - 8)))

    @pytest.mark.parametrize(
        "text",
        [
            "Authorization: Bearer abc.def",
            "{'api-key': 'abc.def'}",
            "AccountName=x;AccountKey=abc.def;EndpointSuffix=y",
            "https://x.example/b?sv=1&sig=abc.def&se=2",
            "https://x.example/api/cv?code=abc.def",
            "InstrumentationKey=abc.def;IngestionEndpoint=https://x.example",
            "SharedAccessKey=abc.def",
            "client_secret=abc.def",
            "password: abc.def",
            "authorization: Basic YWJjLmRlZjphYmMuZGVm abc",
        ],
    )
    def test_what_is_called_a_secret_is_masked_whatever_its_shape(self, text: str) -> None:
        """Connection strings, headers, signatures: the name gives the value away."""
        assert MASK in masked(text)
        assert "abc.def" not in masked(text)
        assert "YWJj" not in masked(text)

    @given(number=st.integers(0, 10**8 - 1), day=st.dates(), moment=st.datetimes(timezones=st.just(UTC)))
    def test_counts_and_dates_survive(self, number: int, day: Any, moment: datetime) -> None:
        """They are what a log is for."""
        text = f"{number} of {number} at {day.isoformat()} {moment.isoformat()}"
        assert masked(text) == text

    @given(document=st.binary(), id_=st.uuids())
    def test_ids_survive(self, document: bytes, id_: uuid.UUID) -> None:
        """A document's SHA-256 and a request's UUID, also one that happens to have digits only."""
        text = f"document {hashlib.sha256(document).hexdigest()} in {id_}"
        assert masked(text) == text

    @pytest.mark.parametrize(
        "text",
        [
            "12345678-1234-4234-8234-123456789012",
            "127.0.0.1:10000",
            "shared_code/backends/transport.py:123",
            "gpt-4.1-mini, gpt-4o-mini",
            "risk-management and desk-research",
            "total_tokens=12 max_tokens: 4000",
            "Deployment gpt-4.1-mini answered 503 (status code=503).",
        ],
    )
    def test_what_operators_read_survives(self, text: str) -> None:
        """Masking that eats everything would be switched off."""
        assert masked(text) == text

    def test_long_texts_are_cut(self) -> None:
        """And say by how much."""
        assert masked("a " * LONGEST_TEXT) == ("a " * LONGEST_TEXT)[:LONGEST_TEXT] + f"…(+{LONGEST_TEXT})"
