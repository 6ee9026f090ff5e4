"""How well the rules tell CVs from other documents, over collections beside the checkout; prints figures."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from shared_code.documents import read_document
from shared_code.documents.cv_likeness import Verdict, cv_likeness
from shared_code.errors import DocumentError
from tests.unit.documents.other_documents import OTHER_DOCUMENTS

ROOT = Path(__file__).resolve().parents[2]
CVS = ROOT.parent / "shared" / "cvs"
# Oddly made files of every content, few of them CVs.
NOT_CVS = {"robustness"}
INVOICES = {"not_a_cv_invoice.pdf", "invoice_joinery.pdf"}
ENDINGS = {".pdf", ".docx", ".txt", ".xml", ".md", ".html", ".rtf", ".odt"}

pytestmark = pytest.mark.skipif(not CVS.is_dir(), reason="needs the CV collections in ../shared/cvs")


def _texts() -> dict[Path, str]:
    folders = [folder for folder in sorted(CVS.iterdir()) if folder.is_dir() and folder.name not in NOT_CVS]
    texts = {}
    for folder in (*folders, ROOT / "samples"):
        for path in sorted(folder.iterdir()):
            if path.suffix not in ENDINGS:
                continue
            try:
                texts[path] = read_document(path.read_bytes(), filename=path.name).text
            except DocumentError:
                continue
    return texts


def test_no_cv_is_flagged_and_most_other_documents_are(capsys: pytest.CaptureFixture[str]) -> None:
    """Precision before recall: a flagged CV is a candidate turned away."""
    texts = _texts()
    cvs = {path: cv_likeness(text) for path, text in texts.items() if path.name not in INVOICES}
    others = [cv_likeness(text) for text in OTHER_DOCUMENTS.values()]
    others += [cv_likeness(text) for path, text in texts.items() if path.name in INVOICES]
    assert len(cvs) >= 100
    table = ["", f"{'':24}{'CVs':>6}{'others':>8}{'precision':>11}{'recall':>8}"]
    for name, verdicts in (
        ("certain", {Verdict.NOT_A_CV}),
        ("certain or doubtful", {Verdict.NOT_A_CV, Verdict.DOUBTFUL}),
    ):
        wrong = sum(likeness.verdict in verdicts for likeness in cvs.values())
        right = sum(likeness.verdict in verdicts for likeness in others)
        share = right / (right + wrong)
        flagged = f"{wrong}/{len(cvs)}", f"{right}/{len(others)}"
        table.append(f"{name:24}{flagged[0]:>6}{flagged[1]:>8}{share:>11.2f}{right / len(others):>8.2f}")
    kinds = Counter(likeness.kind for likeness in others if likeness.verdict is Verdict.NOT_A_CV)
    table.append(f"certain by kind: {dict(kinds)}; lightest CV: {min(each.weight for each in cvs.values())}")
    with capsys.disabled():
        print("\n".join(table))  # noqa: T201  (the figures are the point)
    assert [path.name for path, likeness in cvs.items() if likeness.verdict is not Verdict.CV] == []
    assert all(likeness.verdict is not Verdict.CV for likeness in others)
    assert sum(likeness.verdict is Verdict.NOT_A_CV for likeness in others) >= 0.7 * len(others)
