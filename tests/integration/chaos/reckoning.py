"""The provider's bill against our books: every billed answer is accounted for, or its loss explained.

Both sides are compared per CV and assistant. The ledger knows the CV by the digest of its text; the
call log by the document. What the ledger bills and no closed row holds was lost: on the wire, as ordered,
with a process that was killed before it could close its row, or with the storage that should have held
it. All answers of one assistant to one CV have the same length, so the tokens of closed rows tell how
many answers they account for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared_code.ai_call_logger import CallRow
from tests.integration.chaos.storm import HOST_KILLED, STORAGE_AWAY, Aftermath, states_of
from tests.integration.chaos.system import Disturbance

# From the moment an answer was sent until its row is closed, on a busy machine.
CLOSING_SECONDS = 2.0
# From the moment its row is about to be closed until the answer itself is kept, on a busy machine. What a
# kill or an outage found in storage is known exactly, and judged by that.
KEEPING_SECONDS = 3.0
LOST_ON_ORDER = "close_mid_body"


@dataclass(slots=True)
class Account:
    """One assistant's answers to one CV, as either side has them."""

    billed: list[Mapping[str, Any]] = field(default_factory=list)
    closed: list[CallRow] = field(default_factory=list)
    unclosed: int = 0
    kept_as: str = ""
    """What the name of the kept answer begins with."""

    @property
    def accounted(self) -> float:
        """How many answers the closed rows hold; not a whole number where the books are wrong."""
        tokens = sum(row.details.usage.output_tokens for row in self.closed)
        return tokens / self.billed[0]["completion_tokens"] if self.billed else float(tokens)

    @property
    def dropped(self) -> int:
        """Answers that the emulator broke off on order."""
        return sum(entry["fault"] == LOST_ON_ORDER for entry in self.billed)

    @property
    def lost(self) -> float:
        """Answers that nobody accounts for, besides those broken off on order."""
        return len(self.billed) - self.dropped - self.accounted

    def homeless(self, disturbances: Iterable[Disturbance]) -> int:
        """Answers that came while the storage was away; their rows may be missing altogether."""
        whole = [entry for entry in self.billed if entry["fault"] != LOST_ON_ORDER]
        return sum(_is_interrupted(entry, disturbances, {STORAGE_AWAY}) for entry in whole)

    @property
    def kept_ends(self) -> list[float]:
        """When each accounted answer had come (epoch seconds), in order."""
        paid = [row for row in self.closed if row.details.usage.output_tokens]
        return sorted(r.details.started_at.timestamp() + (r.call_duration_ms or 0.0) / 1000 for r in paid)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """All accounts, and what is wrong with them."""

    accounts: Mapping[tuple[str, str], Account]
    objections: tuple[str, ...]


def reckon(aftermath: Aftermath) -> Reckoning:
    """Compare both sides, account by account."""
    accounts: defaultdict[tuple[str, str], Account] = defaultdict(Account)
    cvs = {one.file.document_id: one.file.cv_sha256 for one in aftermath.handed if one.file.is_readable}
    objections = []
    for entry in aftermath.ledger["entries"]:
        if entry["is_billed"]:
            accounts[entry["cv_sha256"], entry["schema"]].billed.append(entry)
    for row in aftermath.rows:
        cv = cvs.get(row.details.document_id or "")
        if cv is None:
            objections.append("a call was made for a document that cannot be read")
            continue
        account = accounts[cv, row.details.schema_name or ""]
        account.kept_as = f"{row.details.document_id}/{row.assistant_id}."
        if row.outcome == "started":
            account.unclosed += 1
        else:
            account.closed.append(row)
    for (cv, schema), account in sorted(accounts.items()):
        where = f"{schema} of CV {cv[:8]}"
        objections += [f"{where}: {text}" for text in _objections(account, aftermath.disturbances)]
    asked = {cv for cv, _ in accounts}
    objections += [f"CV {cv[:8]} was never asked about" for cv in set(cvs.values()) - asked]
    return Reckoning(accounts, tuple(objections))


def _objections(account: Account, disturbances: Iterable[Disturbance]) -> Iterable[str]:
    disturbances = tuple(disturbances)
    if len({entry["completion_tokens"] for entry in account.billed}) > 1:
        yield "answers of different lengths"
    if account.accounted != int(account.accounted):
        yield f"closed rows account for {account.accounted:.2f} answers"
    if account.lost < 0:
        yield f"{account.accounted:.0f} answers are accounted for, {len(account.billed)} were billed"
    homeless = account.homeless(disturbances)
    if account.lost > account.unclosed + homeless:
        yield f"{account.lost:.0f} answers were lost, {account.unclosed} rows are unclosed"
    interrupted = sum(_is_interrupted(entry, disturbances, {HOST_KILLED}) for entry in account.billed)
    if account.lost > interrupted + homeless:
        yield f"{account.lost:.0f} answers were lost, {interrupted} came about when the host was killed"
    kept = [d.ended for d in disturbances if any(a.startswith(account.kept_as) for a in d.kept_answers)]
    if kept and any(entry["time"] > min(kept) for entry in account.billed):
        yield "asked again although its answer was kept"
    # All but the last must have been in vain, or it would not have been asked for again.
    for ended in account.kept_ends[:-1]:
        if not _happened(disturbances, {HOST_KILLED, STORAGE_AWAY}, ended, ended + KEEPING_SECONDS):
            yield "asked again although nothing had happened to the answer"


def _is_interrupted(entry: Mapping[str, Any], disturbances: Iterable[Disturbance], kinds: set[str]) -> bool:
    """Whether one of these happened between the question and the end of its row."""
    ended = entry["time"] + entry["duration_ms"] / 1000 + CLOSING_SECONDS
    return _happened(disturbances, kinds, entry["time"], ended)


def _happened(disturbances: Iterable[Disturbance], kinds: set[str], since: float, until: float) -> bool:
    return any(d.kind in kinds and d.began <= until and d.ended >= since for d in disturbances)


def summary(aftermath: Aftermath, reckoning: Reckoning, seed: int) -> str:
    """What happened, as a table."""
    accounts = reckoning.accounts.values()
    happened = Counter(d.kind for d in aftermath.disturbances)
    states = states_of(aftermath)
    totals = aftermath.ledger["totals"]
    faults = ", ".join(f"{kind} {count}" for kind, count in sorted(totals["by_fault"].items()))
    without_home = sum(
        min(round(account.lost), account.homeless(aftermath.disturbances)) for account in accounts
    )
    lines = {
        "seed": seed,
        "files handed in": f"{len(aftermath.handed)} ({len(aftermath.jobs)} documents)",
        "done to the system": ", ".join(f"{kind} {count}×" for kind, count in sorted(happened.items())),
        "jobs": ", ".join(f"{state} {count}" for state, count in states.items() if count),
        "results kept": len(aftermath.results),
        "wall time": f"{aftermath.seconds:.0f} s, {aftermath.settled_after_seconds:.0f} s of it fair",
        "requests to the model": totals["requests"],
        "faults on order": f"{sum(totals['by_fault'].values())}: {faults}",
        "answers billed": totals["billed"],
        "  accounted for": round(sum(account.accounted for account in accounts)),
        "  broken off on order": sum(account.dropped for account in accounts),
        "  lost with a killed process": round(sum(account.lost for account in accounts)) - without_home,
        "  lost while the storage was away": without_home,
        "audit rows unclosed": sum(account.unclosed for account in accounts),
        "paid, accounted for, asked again": round(sum(max(0.0, a.accounted - 1) for a in accounts)),
        "cost recorded": f"{aftermath.recorded_micro_usd / 1e6:.4f} USD",
        "objections": len(reckoning.objections),
    }
    return "\n".join(f"{name:33} {value}" for name, value in lines.items())
