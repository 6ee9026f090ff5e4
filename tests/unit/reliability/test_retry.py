"""What servers ask to wait, and what we wait."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.reliability.retry import RetryPolicy, parse_retry_after

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({}, None, id="none"),
        pytest.param({"retry-after": "7"}, 7.0, id="seconds"),
        pytest.param({"retry-after": "0.25"}, 0.25, id="fraction"),
        pytest.param({"retry-after-ms": "1500"}, 1.5, id="milliseconds"),
        pytest.param({"x-ms-retry-after-ms": "40"}, 0.04, id="azure-milliseconds"),
        pytest.param({"retry-after-ms": "1500", "retry-after": "60"}, 1.5, id="milliseconds-win"),
        pytest.param({"retry-after-ms": "soon", "retry-after": "3"}, 3.0, id="bad-milliseconds"),
        pytest.param({"retry-after": format_datetime(NOW.replace(second=30), usegmt=True)}, 30.0, id="date"),
        pytest.param({"retry-after": format_datetime(NOW.replace(hour=11), usegmt=True)}, 0.0, id="past"),
        pytest.param({"retry-after": "whenever"}, None, id="words"),
        pytest.param({"retry-after": "-3"}, None, id="negative"),
        pytest.param({"retry-after": "nan"}, None, id="nan"),
    ],
)
def test_reads_every_form_of_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    """Milliseconds, seconds, fractions and dates are understood; nonsense is ignored."""
    assert parse_retry_after(headers, NOW.timestamp()) == seconds


@pytest.mark.parametrize(
    ("failed_attempts", "ceiling"), [(1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (6, 30.0), (60, 30.0)]
)
def test_backoff_doubles_up_to_the_cap(failed_attempts: int, ceiling: float) -> None:
    """Full jitter draws below a ceiling that doubles."""
    policy = RetryPolicy(base_seconds=1.0, cap_seconds=30.0, uniform=lambda: 0.999999)
    assert policy.delay_seconds(failed_attempts) == pytest.approx(ceiling, rel=1e-4)
    assert RetryPolicy(uniform=lambda: 0.0).delay_seconds(failed_attempts) == 0.0


@given(st.floats(0, 600), st.floats(0, 0.9999))
def test_never_waits_less_than_the_server_asked(retry_after: float, drawn: float) -> None:
    """Jitter on a server's time is only ever added."""
    delay = RetryPolicy(uniform=lambda: drawn).delay_seconds(1, retry_after)
    assert retry_after <= delay <= retry_after * 1.1 + 1e-9
