"""A report for a person's eyes: aligned text, coloured only where a terminal shows it."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator
from typing import TextIO

from cli.diagnostics.report import ProbeOutcome, Report, Trouble

_COLOURS = {"green": "32", "yellow": "33", "red": "31", "bold": "1"}
_STATUS_COLOURS = {"ready": "green", "degraded": "yellow", "not_ready": "red"}
_PROBE_COLOURS = {"passed": "green", "failed": "red", "not_run": "red", "skipped": "yellow"}
_WIDTH = 110
_LABEL_WIDTH = 13


class Paint:
    """Colours text for a stream: a terminal, and NO_COLOR unset or empty (no-color.org)."""

    def __init__(self, stream: TextIO) -> None:
        self._is_on = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def __call__(self, text: str, colour: str) -> str:
        """The text in a colour of ``_COLOURS``, or as it is."""
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self._is_on else text


def full_text(report: Report, paint: Paint) -> str:
    """Everything a person wants to know of one round, line by line."""
    return "\n".join(_lines(report, paint))


def round_line(report: Report, paint: Paint) -> str:
    """One round of a watch in one line."""
    status = paint(f"{report.status:<9}", _STATUS_COLOURS[report.status])
    parts = [f"{name} {_brief(outcome)}" for name, outcome in report.probes.items()]
    parts += [report.error.code] if report.error else []
    parts += [remark.code for remark in report.warnings if remark.degrades]
    return f"{report.checked_at}  {status}  {'  '.join(parts)}"


def _lines(report: Report, paint: Paint) -> Iterator[str]:
    status = paint(report.status.replace("_", " ").upper(), _STATUS_COLOURS[report.status])
    yield f"{paint('OpenAI readiness', 'bold')}: {status}   {report.checked_at}, {report.duration_ms:.0f} ms"
    if report.target is not None:
        target = report.target
        auth = "API key" if target.auth == "api_key" else "identity"
        yield _labelled("endpoint", f"{target.host} ({target.api} API, {auth}, backend {target.backend})")
    for name, outcome in report.probes.items():
        word = f"{outcome.status.replace('_', ' '):<8}"
        yield _labelled(name, f"{paint(word, _PROBE_COLOURS[outcome.status])} {_details(outcome)}".rstrip())
        if outcome.error is not None:
            yield from _trouble_lines(outcome.error)
    if report.error is not None:
        yield from _trouble_lines(report.error, paint("error".ljust(_LABEL_WIDTH), "red"))
    for remark in report.warnings:
        label = paint("warning".ljust(_LABEL_WIDTH), "yellow") if remark.degrades else "note"
        yield from _wrapped(label, f"{remark.message} [{remark.code}]")


def _details(outcome: ProbeOutcome) -> str:
    if outcome.requested_deployment is None:
        return ""
    parts = [f"{outcome.deployment:<22}"]
    if outcome.latency_ms is not None:
        parts.append(f"{outcome.latency_ms:>5.0f} ms")
    parts.append("1 attempt " if outcome.attempts == 1 else f"{outcome.attempts} attempts")
    if outcome.status == "passed":
        parts.append(f"{outcome.usage.input_tokens}+{outcome.usage.output_tokens} tokens")
        parts.append("price unknown" if outcome.cost_usd is None else f"${outcome.cost_usd:.6f}")
    if outcome.dimensions is not None:
        parts.append(f"{outcome.dimensions} dimensions")
    return "  ".join(parts)


def _trouble_lines(trouble: Trouble, label: str = "") -> Iterator[str]:
    status = f" ({trouble.provider_status})" if trouble.provider_status else ""
    yield from _wrapped(label, f"{trouble.code}{status}: {trouble.message}")
    yield from _wrapped("", f"→ {trouble.remedy}")


def _brief(outcome: ProbeOutcome) -> str:
    if outcome.error is not None:
        return f"{outcome.status} {outcome.error.code}"
    if outcome.latency_ms is None:
        return outcome.status
    retried = f" ({outcome.attempts} attempts)" if outcome.attempts > 1 else ""
    return f"{outcome.latency_ms:.0f} ms{retried}"


def _labelled(label: str, text: str) -> str:
    return f"  {label:<{_LABEL_WIDTH}}{text}"


def _wrapped(label: str, text: str) -> Iterator[str]:
    """Wrapped text behind a label; commands keep their hyphens and long words whole."""
    lines = textwrap.wrap(text, _WIDTH - _LABEL_WIDTH - 2, break_on_hyphens=False, break_long_words=False)
    for index, line in enumerate(lines):
        yield _labelled("" if index else label, line)
