"""``make bench-documents``: our document readers beside the field's, over the samples and collections of CVs.

First what our reader processes make of honest, hostile and odd files, within the bounds that they run in.
What is compared: truths found, columns and links kept, hidden text kept out, bombs survived, time and size.
The peers live in ``.venv-benchmark`` and run in child processes; who is not installed is skipped and named.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from benchmarks.support.document_tools import TOOLS
from benchmarks.support.document_truths import (
    bare_target,
    holds,
    honest_files,
    shingles,
    truths,
    words,
)
from benchmarks.support.reader_files import report
from shared_code.documents.reader_child import Bounds
from shared_code.settings import IntakeSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

ROOT = Path(__file__).parents[1]
PEERS_PYTHON = ROOT / ".venv-benchmark" / "bin" / "python"
OURS, BARE = "ours", "pypdfium2"
HONEST = ("altacv", "europass_en", "hiring_agent", "multilingual", "rendercv", "resume_matcher", "tx_java",
          "yaml_cv_ja")  # fmt: skip
COLUMN_PAIRS = (
    ("single-column.pdf", "two-column.pdf"),
    ("modern-single-column.pdf", "modern-two-column.pdf"),
)
SECONDS, MEMORY_MB, ROUNDS = 20.0, 2048, 5
MOST_TIMES_BARE = 1.5
ENGINES = {"pdfplumber": "pdfminer.six", "kreuzberg": BARE, OURS: BARE}  # whose text is another's, in PDFs
_WIDTH = 13


@dataclass(slots=True)
class Child:
    """A reader in its process, and what it said of each file."""

    name: str
    process: subprocess.Popen[str]
    import_s: float
    installed_mb: float
    answers: dict[Path, dict[str, Any]] = field(default_factory=dict)
    words: dict[Path, str] = field(default_factory=dict)
    milliseconds: dict[Path, float] = field(default_factory=dict)

    def takes(self, path: Path) -> bool:
        """Whether it is a reader of such files."""
        return path.suffix[1:] in TOOLS[self.name].formats

    def ask(self, path: Path, ask: str) -> dict[str, Any]:
        """One question and its answer."""
        question = {"ask": ask, "path": str(path), "seconds": SECONDS, "memory_mb": MEMORY_MB}
        stdin, stdout = _pipes(self.process)
        print(json.dumps(question), file=stdin, flush=True)
        answer: dict[str, Any] = json.loads(stdout.readline())
        return answer

    def read(self, path: Path) -> None:
        """Have it read ``path`` in a fork, and keep what came of it."""
        answer = self.answers[path] = self.ask(path, "read")
        self.words[path] = words(f"{answer.get('text', '')}\n" + "\n".join(self.targets(path)))

    def targets(self, path: Path) -> list[str]:
        """Link targets of a file, as far as read."""
        targets: list[str] = self.answers.get(path, {}).get("links", [])
        return targets

    def ended(self, path: Path) -> str:
        """How reading ended: text, nothing, refused, fell (an error not its own), memory, hang or crash."""
        return str(self.answers[path]["outcome"])

    def close(self) -> None:
        """End the process."""
        _pipes(self.process)[0].close()
        self.process.wait(timeout=SECONDS)


@dataclass(frozen=True, slots=True)
class Measure:
    """A line of the table: figures by reader, and whether ours meets the bar (None where there is none)."""

    label: str
    figures: Mapping[str, str]
    is_met: bool | None = None


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("A reader is started with pipes.")
    return process.stdin, process.stdout


def started(name: str) -> Child | None:
    """The reader in a fresh process, or None with a loud word where it is not installed."""
    python = Path(sys.executable) if name in {OURS, BARE} else PEERS_PYTHON
    if not python.exists():
        print(f"SKIPPED {name}: {python.parents[1].name} is missing; `make bench-documents` installs it.")
        return None
    process = subprocess.Popen(
        [str(python), "-m", "benchmarks.support.document_tools", name],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    first = _pipes(process)[1].readline()
    hello: dict[str, Any] = json.loads(first) if first else {"error": "the process ended"}
    if "error" in hello:
        print(f"SKIPPED {name}: {hello['error']}")
        process.wait()
        return None
    return Child(name, process, hello["import_s"], hello["installed_mb"])


def shares(
    label: str,
    children: Sequence[Child],
    files: Iterable[Path],
    count: Callable[[Child, Path], tuple[int, int]],
    *,
    has_bar: bool = True,
) -> Measure:
    """How many of how many each reader got, over the files of its formats; the bar is the best share."""
    sums = {}
    for child in children:
        pairs = [count(child, path) for path in files if child.takes(path)]
        if total := sum(known for _, known in pairs):
            sums[child.name] = (sum(right for right, _ in pairs), total)
    if OURS not in sums:
        return Measure(label, {})
    best = max((right / total for name, (right, total) in sums.items() if name != OURS), default=0.0)
    met = sums[OURS][0] / sums[OURS][1] >= best if has_bar else None
    return Measure(label, {name: f"{right}/{total}" for name, (right, total) in sums.items()}, met)


def lowest(label: str, figures: Mapping[str, float], unit: str = "", *, has_bar: bool = True) -> Measure:
    """A figure that should be low: ours may not be above the lowest of the others."""
    others = [value for name, value in figures.items() if name != OURS]
    met = figures[OURS] <= min(others, default=figures[OURS]) if has_bar else None
    return Measure(label, {name: f"{value:,.0f}{unit}" for name, value in figures.items()}, met)


def quality(children: Sequence[Child], cvs: Path, honest: Sequence[Path]) -> list[Measure]:
    """Phrases, words, columns and links over CVs without tricks."""
    found = []
    known = {truth.path: truth.phrases for truth in truths(cvs)}

    def phrases(child: Child, path: Path) -> tuple[int, int]:
        return sum(holds(child.words[path], phrase) for phrase in known[path]), len(known[path])

    for ending in (".pdf", ".docx"):
        of_format = [path for path in known if path.suffix == ending]
        found.append(shares(f"phrases found, {ending[1:].upper()}", children, of_format, phrases))
    for ending in (".pdf", ".docx"):
        files = [path for path in honest if path.suffix == ending]
        agreed = {path: _agreed_words(children, path) for path in files}

        def kept(child: Child, path: Path, agreed: Mapping[Path, set[str]] = agreed) -> tuple[int, int]:
            return len(agreed[path] & set(child.words[path].split())), len(agreed[path])

        found.append(
            shares(f"words two engines agree on, {ending[1:].upper()}", children, files, kept, has_bar=False)
        )
    return [*found, _columns(children, cvs), *_links(children, honest)]


def _agreed_words(children: Sequence[Child], path: Path) -> set[str]:
    """Words that two engines other than ours read in a file; a photo may lie over some, so it is no bar."""
    by_engine: dict[str, set[str]] = {}
    for child in children:
        if child.name != OURS and child.takes(path):
            engine = "pdfminer.six" if child.name == "markitdown" else ENGINES.get(child.name, child.name)
            if path.suffix == ".docx":
                engine = "mammoth" if child.name == "markitdown" else child.name
            by_engine.setdefault(engine, set()).update(
                word for word in words(child.answers[path].get("text", "")).split() if len(word) > 2
            )
    counts = Counter(word for read in by_engine.values() for word in read)
    return {word for word, engines in counts.items() if engines > 1}


def _columns(children: Sequence[Child], cvs: Path) -> Measure:
    """Running text of a CV in one column, as bare PDFium reads it, looked for in its two-column twin."""
    folder = cvs / "resume_matcher"
    bare = next(child for child in children if child.name == BARE)
    wanted = {
        folder / two: shingles(bare.answers[folder / one]["text"])
        for one, two in COLUMN_PAIRS
        if folder / one in bare.answers
    }

    def intact(child: Child, path: Path) -> tuple[int, int]:
        return sum(f" {run} " in child.words[path] for run in wanted[path]), len(wanted[path])

    return shares("two-column runs of 6 words intact", children, list(wanted), intact)


def _links(children: Sequence[Child], honest: Sequence[Path]) -> list[Measure]:
    """Targets that two readers report and that do not stand in the text as drawn."""
    measures = []
    for ending, drawn_by in ((".pdf", BARE), (".docx", "python-docx")):
        drawing = next((child for child in children if child.name == drawn_by), None)
        if drawing is None:
            continue
        hidden: dict[Path, set[str]] = {}
        for path in (path for path in honest if path.suffix == ending):
            reports = Counter(
                target
                for child in children
                if child.takes(path)
                for target in {bare_target(target) for target in child.targets(path)}
                if target and not target.startswith("#")
            )
            drawn = "".join(drawing.answers[path].get("text", "").casefold().split())
            hidden[path] = {target for target, count in reports.items() if count > 1 and target not in drawn}

        def kept(child: Child, path: Path, hidden: Mapping[Path, set[str]] = hidden) -> tuple[int, int]:
            return len(hidden[path] & {bare_target(target) for target in child.targets(path)}), len(
                hidden[path]
            )

        label = f"link targets kept, {ending[1:].upper()}"
        measures.append(shares(label, children, list(hidden), kept))
    return measures


def _expected(folder: Path) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((folder / "expected.json").read_text("utf-8"))
    return expected


def _claims(folder: Path, expected: Mapping[str, Any]) -> dict[Path, list[str]]:
    """Files with text that nobody sees, and what that text claims; no reader looks for text in metadata."""
    return {
        folder / name: row["expect"]["profileMustNotContain"]
        for name, row in expected.items()
        if "profileMustNotContain" in row["expect"] and name != "pdf_metadata_injection.pdf"
    }


def attacks(children: Sequence[Child], folder: Path) -> list[Measure]:
    """Files made to deceive or to exhaust: what is believed of them, and what they cost."""
    expected = _expected(folder)
    claims = _claims(folder, expected)
    mails = {folder / name: row["expect"]["profile"]["candidateEmail"] for name, row in expected.items()
             if row["expect"].get("profile", {}).get("candidateEmail")}  # fmt: skip

    def clean(child: Child, path: Path) -> tuple[int, int]:
        text = child.answers[path].get("text", "")
        return int(mails[path] in text and not any(claim in text for claim in claims[path])), 1

    measures = []
    for ending in (".pdf", ".docx"):
        files = [path for path in claims if path.suffix == ending]
        measures.append(shares(f"read without the hidden text, {ending[1:].upper()}", children, files, clean))
    every = [folder / name for name in expected if name.endswith((".pdf", ".docx"))]
    if not all(child.answers.get(path) for child in children for path in every if child.takes(path)):
        return measures
    ends = {
        child.name: Counter(child.ended(path) for path in every if child.takes(path)) for child in children
    }
    bad = {name: end["hang"] + end["memory"] + end["crash"] for name, end in ends.items()}
    measures.append(lowest(f"attacks over {SECONDS:.0f} s, 2 GB or crashed", bad))
    for label, key, unit in (("slowest attack", "ms", " ms"), ("most memory in an attack", "peak_mb", " MB")):
        worst = {
            child.name: max(child.answers[path].get(key, 0.0) for path in every if child.takes(path))
            for child in children
        }
        measures.append(lowest(label, worst, unit, has_bar=False))
    return measures


def robustness(children: Sequence[Child], folder: Path) -> list[Measure]:
    """Odd and damaged files: text or a refusal in the reader's own words is right."""
    files = [path for path in sorted(folder.glob("*")) if path.suffix in {".pdf", ".docx"}]

    def orderly(child: Child, path: Path) -> tuple[int, int]:
        return int(child.ended(path) in {"text", "nothing", "refused"}), 1

    def readable(child: Child, path: Path) -> tuple[int, int]:
        return int(child.ended(path) == "text"), 1

    return [
        shares("odd files ended in order", children, files, orderly),
        shares("odd files that gave text", children, files, readable, has_bar=False),
    ]


def costs(children: Sequence[Child], honest: Sequence[Path], rounds: int) -> list[Measure]:
    """Time and size; the readers take turns at each file, and the best of the rounds counts."""
    first_s: dict[str, float] = {}
    for _ in range(rounds):
        for path in honest:
            for child in (child for child in children if child.takes(path)):
                answer = child.ask(path, "time")
                if answer["outcome"] != "text":
                    print(f"NOT TIMED: {child.name} gave no text of {path.name} ({answer['outcome']}).")
                    continue
                taken = answer["ms"]
                first_s.setdefault(child.name, child.import_s + taken / 1000)
                child.milliseconds[path] = min(taken, child.milliseconds.get(path, taken))
    measures = []
    for ending in (".pdf", ".docx"):
        medians = {}
        for child in children:
            taken = [ms for path, ms in child.milliseconds.items() if path.suffix == ending]
            if taken:
                medians[child.name] = statistics.median(taken)
        met = medians[OURS] <= MOST_TIMES_BARE * medians[BARE] if ending == ".pdf" else None
        figures = {name: f"{value:.1f} ms" for name, value in medians.items()}
        measures.append(Measure(f"median {ending[1:].upper()}", figures, met))
    ready = {name: f"{seconds:.2f} s" for name, seconds in first_s.items()}
    sizes = {child.name: f"{child.installed_mb:.0f} MB" for child in children}
    return [*measures, Measure("import and first file", ready), Measure("installed", sizes)]


def printed(measures: Sequence[Measure], names: Sequence[str]) -> str:
    """The table: a line per measure, a column per reader."""
    rows = [f"{'':<37}" + "".join(f"{name:>{_WIDTH}}" for name in names) + "  bar"]
    verdicts = {True: "met", False: "MISSED", None: ""}
    for measure in measures:
        cells = "".join(f"{measure.figures.get(name, '–'):>{_WIDTH}}" for name in names)
        rows.append(f"{measure.label:<37}{cells}  {verdicts[measure.is_met]}")
    return "\n".join(rows)


def measured(children: Sequence[Child], cvs: Path, *, is_quick: bool) -> list[Measure]:
    """All lines of the table that the files at hand allow."""
    honest = honest_files(cvs, ("resume_matcher", "multilingual") if is_quick else HONEST)
    files = dict.fromkeys([*honest, *(truth.path for truth in truths(cvs))])
    for folder in ("attacks", "robustness"):
        if not (cvs / folder).is_dir():
            print(f"SKIPPED {folder}: there is no folder {cvs / folder}.")
        elif not is_quick:
            files |= dict.fromkeys(sorted((cvs / folder).glob("*")))
        elif folder == "attacks":
            files |= dict.fromkeys(_claims(cvs / folder, _expected(cvs / folder)))
    for path in files:
        for child in (child for child in children if child.takes(path)):
            child.read(path)
    measures = quality(children, cvs, honest)
    if (cvs / "attacks").is_dir():
        measures += attacks(children, cvs / "attacks")
    if (cvs / "robustness").is_dir() and not is_quick:
        measures += robustness(children, cvs / "robustness")
    return [*measures, *costs(children, honest, 2 if is_quick else ROUNDS)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 0 where ours meets every bar."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--cvs", type=Path, default=ROOT.parent / "shared" / "cvs", help="folder of collections"
    )
    parser.add_argument("--quick", action="store_true", help="fewer files and rounds")
    parser.add_argument("--ours", action="store_true", help="only what our reader processes do")
    options = parser.parse_args(arguments)
    if not options.cvs.is_dir():
        print(f"SKIPPED the collections: there is no folder {options.cvs}; the samples alone are measured.")
    settings = IntakeSettings()
    bounds = Bounds(settings.reader_seconds, settings.reader_memory_mb)
    print(f"Ours, each file in a process of its own: {bounds.seconds:g} s, {bounds.memory_mb} MB")
    ours = report(options.cvs, honest_files(options.cvs, HONEST), bounds)
    print("\n".join(ours.lines))
    if options.ours:
        return 0 if ours.is_met else 1
    children = [child for name in TOOLS if (child := started(name))]
    measures = measured(children, options.cvs, is_quick=options.quick)
    print(printed(measures, [child.name for child in children]))
    missed = [measure.label for measure in measures if measure.is_met is False]
    if {child.name for child in children} <= {OURS, BARE}:
        print("NO PEER was measured: these figures compare ours with bare PDFium alone.")
    print(f"Bars missed: {', '.join(missed)}." if missed else "Ours is at or above the best on every bar.")
    for child in children:
        child.close()
    return 1 if missed or not ours.is_met else 0


if __name__ == "__main__":
    sys.exit(main())
