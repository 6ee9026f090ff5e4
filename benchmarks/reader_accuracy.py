"""How often the emulator's reader finds the right e-mail, phone and name, over CVs whose truth is known.

Run it with a folder of CVs: ``python -m benchmarks.reader_accuracy --cvs ../shared/cvs [--json] [--misses]``.
It exits 1 where a bar is missed (English and German text: e-mail 95 %, phone 90 %, name 80 %).
"""

from __future__ import annotations

import argparse
import html
import json
import re
import statistics
import sys
import time
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader import answer
from shared_code.documents import read_document
from shared_code.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FIELDS = ("email", "phone", "name")
BARS = {"email": 0.95, "phone": 0.90, "name": 0.80}
_PROFILE_KEYS = {"email": "candidateEmail", "phone": "candidatePhone", "name": "candidateName"}
_LABEL = re.compile(r'<label type="([^"]*)">(.*?)</label>', re.DOTALL)
_LABEL_TAGS = re.compile(r"</?label[^>]*>|<\?xml.*?\?>|</?cv>")
# Numbers of this set were masked; the masks are what is left to compare with.
_MASKED_PHONE = re.compile(r"\(312\) 555-01\d\d|\(123\) ?345[ -]7890|123-3456-7890")
_NAME_EXTRAS = frozenset(["dr", "prof", "mr", "mrs", "ms", "mba", "pmp", "phd", "md", "jr", "sr"])


@dataclass(frozen=True, slots=True)
class Case:
    """One CV: its text and links, and for every known field the values that are right."""

    group: str
    file: str
    language: str
    text: str
    links: tuple[tuple[str, str], ...]
    truth: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class Score:
    """Right answers of all answers with a truth, for one field of one group."""

    right: int = 0
    known: int = 0

    @property
    def share(self) -> float:
        """Part that is right, 0 to 1; 1 where nothing is known."""
        return self.right / self.known if self.known else 1.0


@dataclass(slots=True)
class Report:
    """Scores by group and field, what was left out and why, and how long answers took."""

    scores: dict[str, dict[str, Score]] = field(default_factory=dict)
    misses: list[dict[str, object]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)

    def add(self, group: str, name: str, *, right: bool) -> None:
        """Count one answer for ``group`` and the field ``name``."""
        score = self.scores.setdefault(group, {}).setdefault(name, Score())
        score.known += 1
        score.right += right

    @property
    def bars_met(self) -> bool:
        """Whether English and German text reaches every bar."""
        return all(self.scores.get("en+de", {}).get(name, Score()).share >= bar for name, bar in BARS.items())


def name_key(name: str) -> tuple[str, ...]:
    """Tokens of a name without case, accents, punctuation and titles, in alphabetical order."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(character for character in folded if not unicodedata.combining(character))
    return tuple(sorted(word for word in re.findall(r"[^\W\d_]+", plain) if word not in _NAME_EXTRAS))


def same_phone(one: str, other: str) -> bool:
    """Whether two numbers are the same; one may lack the country's code."""
    left, right = (re.sub(r"\D", "", number).lstrip("0") for number in (one, other))
    shorter, longer = sorted((left, right), key=len)
    return len(shorter) >= 6 and longer.endswith(shorter)


def is_right(name: str, found: object, truths: Sequence[str]) -> bool:
    """Whether ``found`` is one of ``truths`` of the field ``name``."""
    if not isinstance(found, str):
        return False
    if name == "email":
        return found.casefold() in {truth.casefold() for truth in truths}
    if name == "phone":
        return any(same_phone(found, truth) for truth in truths)
    return name_key(found) in {name_key(truth) for truth in truths}


def cases(folder: Path, left_out: Counter[str]) -> Iterator[Case]:
    """Every CV below ``folder`` that has a truth; ``left_out`` counts the others by reason."""
    yield from _rendered(folder / "rendercv", left_out)
    yield from _multilingual(folder / "multilingual", left_out)
    yield from _labelled(folder / "dotin_ner", left_out)
    yield from _attacks(folder / "attacks", left_out)


def _document(path: Path, left_out: Counter[str]) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    try:
        document = read_document(path.read_bytes(), filename=path.name)
    except DocumentError as error:
        left_out[f"{path.parent.name}: not readable ({type(error).__name__})"] += 1
        return None
    return document.text, tuple((link.text, link.target) for link in document.links)


def _rendered(folder: Path, left_out: Counter[str]) -> Iterator[Case]:
    for path in sorted(folder.glob("*.pdf")):
        truth_lines = path.with_suffix(".yaml").read_text("utf-8").splitlines()
        truth = {name: _yaml_value(truth_lines, name) for name in FIELDS}
        if read := _document(path, left_out):
            yield Case(
                "rendercv", path.name, "en", *read, {name: (value,) for name, value in truth.items() if value}
            )


def _yaml_value(lines: Sequence[str], key: str) -> str | None:
    """The first ``key: value`` two steps in, where a rendered CV's head stands."""
    for line in lines:
        if match := re.match(rf"  {key}:\s*(.*)$", line):
            return match[1].strip(" '\"") or None
    return None


def _multilingual(folder: Path, left_out: Counter[str]) -> Iterator[Case]:
    for truth_path in sorted(folder.glob("*.truth.json")):
        truth = json.loads(truth_path.read_text("utf-8"))
        stem = truth_path.name.removesuffix(".truth.json")
        left_out["multilingual: scans without text"] += len(list(folder.glob(f"{stem}.scan.pdf")))
        language = str(truth["documentLanguage"])
        known = {name: (str(truth[key]),) for name, key in _PROFILE_KEYS.items() if truth.get(key)}
        for path in (folder / f"{stem}.pdf", folder / f"{stem}.docx"):
            if read := _document(path, left_out):
                yield Case(f"multilingual {language}", path.name, language, *read, known)


def _labelled(folder: Path, left_out: Counter[str]) -> Iterator[Case]:
    for path in sorted(folder.glob("*.xml")):
        raw = path.read_text("utf-8")
        labels = [(kind, html.unescape(" ".join(value.split()))) for kind, value in _LABEL.findall(raw)]
        text = html.unescape(_LABEL_TAGS.sub("", raw))
        found = {
            "email": tuple(value for kind, value in labels if kind == "Email Address"),
            "name": tuple(value for kind, value in labels if kind == "Name"),
            "phone": tuple(_MASKED_PHONE.findall(text)),
        }
        for name, values in found.items():
            left_out[f"dotin_ner: no {name} labelled"] += not values
        yield Case(
            "dotin_ner", path.name, "en", text, (), {name: values for name, values in found.items() if values}
        )


def _attacks(folder: Path, left_out: Counter[str]) -> Iterator[Case]:
    expected_path = folder / "expected.json"
    expected = json.loads(expected_path.read_text("utf-8")) if expected_path.exists() else {}
    for file, entry in sorted(expected.items()):
        profile = entry["expect"].get("profile", {})
        known = {name: (profile[key],) for name, key in _PROFILE_KEYS.items() if profile.get(key)}
        if known and (read := _document(folder / file, left_out)):
            yield Case("attacks", file, "en" if known["name"][0].isascii() else "other", *read, known)


def measure(folder: Path) -> Report:
    """Read every CV once and compare."""
    report = Report()
    for case in cases(folder, report.left_out):
        began = time.perf_counter()
        profile = answer("candidate_profile_schema", case.text, case.links)["candidateProfile"]
        report.milliseconds.append((time.perf_counter() - began) * 1000)
        for name, truths in case.truth.items():
            found = profile[_PROFILE_KEYS[name]] if isinstance(profile, dict) else None
            right = is_right(name, found, truths)
            for group in (case.group, "all", *(("en+de",) if case.language in {"en", "de"} else ())):
                report.add(group, name, right=right)
            if not right:
                report.misses.append(
                    {"file": f"{case.group}/{case.file}", "field": name, "found": found, "truth": truths}
                )
    return report


def _printed(report: Report) -> str:
    rows = [f"{'set':<18}" + "".join(f"{name:>20}" for name in FIELDS)]
    order = [group for group in report.scores if group not in {"all", "en+de"}] + ["all", "en+de"]
    for group in order:
        scores = report.scores.get(group, {})
        cells = [scores.get(name, Score()) for name in FIELDS]
        texts = [
            f"{cell.right}/{cell.known} {cell.share:6.1%}" if cell.known else "no truth" for cell in cells
        ]
        rows.append(f"{group:<18}" + "".join(f"{text:>20}" for text in texts))
    rows.append("bars (en+de):     " + "".join(f"{bar:>20.0%}" for bar in BARS.values()))
    rows.append(
        f"a profile takes {statistics.median(report.milliseconds):.0f} ms (median),"
        f" {max(report.milliseconds):.0f} ms at most"
    )
    rows.extend(f"left out: {count} × {reason}" for reason, count in sorted(report.left_out.items()) if count)
    rows.append(
        "phone of dotin_ner: its numbers are masked and unlabelled; right is any of the masks in the text"
    )
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 0 where every bar is reached."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--cvs", type=Path, default=Path("../shared/cvs"), help="folder with the CVs and their truths"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--misses", action="store_true", help="print what was not right (holds CV data)")
    options = parser.parse_args(arguments)
    if not options.cvs.is_dir():
        print(f"There is no folder {options.cvs}: name one with --cvs.", file=sys.stderr)
        return 2
    report = measure(options.cvs)
    if options.json:
        scores = {
            group: {name: {"right": score.right, "known": score.known} for name, score in by_field.items()}
            for group, by_field in report.scores.items()
        }
        print(
            json.dumps({"scores": scores, "leftOut": report.left_out, "barsMet": report.bars_met}, indent=2)
        )
    else:
        print(_printed(report))
    if options.misses:
        print("\n".join(json.dumps(miss, ensure_ascii=False) for miss in report.misses))
    return 0 if report.bars_met else 1


if __name__ == "__main__":
    sys.exit(main())
