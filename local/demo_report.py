"""What ``make demo`` prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from shared_code.accounting.token_tracker import MICRO_USD_PER_USD
from shared_code.ai_call_logger import CallRow

if TYPE_CHECKING:
    from local.demo import Submission
    from local.demo_endpoints import EndpointCall


def print_results(console: Console, submissions: Sequence[Submission]) -> None:
    """One line per analysed file; below, the reason for every other one."""
    table = Table(title="Candidates", header_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("file", "name", "title", "e-mail"):
        table.add_column(name, overflow="fold")
    for name in ("years", "PII", "skills", "calls", "tokens", "cost $", "s"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("warnings", overflow="fold")
    for submission in submissions:
        if submission.has_result and submission.kept is not None:
            table.add_row(submission.path.name, *_cells(submission.kept))
    if table.row_count:
        console.print(table)
    for submission in submissions:
        if not submission.has_result:
            console.print(f"{submission.path.name}: {_why_not(submission)}", markup=False)


def _cells(result: dict[str, Any]) -> list[str]:
    profile: dict[str, Any] = result["candidateProfile"]
    meta: dict[str, Any] = result["meta"]
    usage = meta["usage"]
    years = profile["totalExperienceYears"]
    return [
        profile["candidateName"] or "-",
        profile["jobTitle"] or "-",
        profile["candidateEmail"] or "-",
        "-" if years is None else f"{years:.1f}",
        str(len(result["pii_entities"])),
        str(len(profile["keySkills"])),
        str(meta["attempts"]),
        f"{usage['inputTokens'] + usage['outputTokens']:,}",
        "?" if meta["estimatedCostUsd"] is None else f"{meta['estimatedCostUsd']:.4f}",
        f"{meta['durationMs'] / 1000:.1f}",
        ", ".join(sorted({warning["code"] for warning in result["warnings"]})) or "-",
    ]


def _why_not(submission: Submission) -> str:
    if submission.kept is not None:
        return f"rejected: {submission.kept['reason']['message']}"
    return f"failed: {submission.failure}" if submission.failure else "no result in time"


def print_endpoints(console: Console, calls: Sequence[EndpointCall]) -> None:
    """One line per endpoint."""
    table = Table(title="Endpoints", header_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("method", "path", "status", "s", "answer"):
        table.add_column(name, overflow="ellipsis", no_wrap=name != "answer", max_width=60)
    for call in calls:
        colour = "green" if call.succeeded else "red"
        table.add_row(call.method, call.path, f"[{colour}]{call.status}", f"{call.seconds:.2f}", call.said)
    console.print(table)


def print_totals(
    console: Console,
    submissions: Sequence[Submission],
    rows: Sequence[CallRow],
    seconds: float,
    results_at: Path,
) -> None:
    """What it all took, according to the audit rows."""
    done = sum(entry.has_result for entry in submissions)
    rejected = sum(entry.kept is not None and not entry.has_result for entry in submissions)
    cost = sum(row.known_cost_micro_usd for row in rows) / MICRO_USD_PER_USD
    tokens = sum(row.details.usage.total_tokens for row in rows)
    console.print(
        f"{done} analysed, {rejected} rejected, {len(submissions) - done - rejected} failed. "
        f"{len(rows)} calls in the audit log, {tokens:,} tokens, ${cost:.4f}, {seconds:.1f} s in all."
    )
    console.print(f"Full results: {results_at}/")
