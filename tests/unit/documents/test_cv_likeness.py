"""Whether a text reads like a CV: the signs, what they weigh, and what is certain."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared_code.documents import read_document
from shared_code.documents.cv_likeness import Verdict, cv_likeness, folded
from shared_code.documents.cv_vocabulary import CAREER_WORDS, HEADINGS, OTHER_KINDS, TITLES
from tests.unit.documents.other_documents import COVER_LETTER_EN, OTHER_DOCUMENTS

SAMPLES = Path(__file__).parents[3] / "samples"
NOT_CVS = {"invoice_joinery.pdf"}
ENDINGS = {".pdf", ".docx", ".txt", ".md", ".html", ".rtf", ".odt"}
SHORT_CV = "Jane Example\njane@example.com\nSite Manager, Fernwood Builders, Jan 2024 - Present"
LIST_IN_RUSSIAN = """Анна Примерова
Инженер(конструктор)
Опыт работы
ООО «Пример», 2019 – настоящее время
- разработка чертежей;
- расчёт узлов;
- ведение проекта;
- работа с заказчиком;
Образование
Примерный университет
Навыки
- черчение;
- моделирование;
"""
LIST_IN_FRENCH = """Camille Exemple
camille@example.com
• prendre des initiatives ;
• tenir les comptes ;
• accueillir les clients ;
• passer les commandes ;
• former les apprentis ;
• ranger la réserve ;
"""
CV_IN_MARKDOWN = """# Robin Sample
## Experience
### Site Manager, Fernwood Builders (2019 - 2024)
### Foreman, Oakdale Builders (2012 - 2019)
## Education
### Diploma in Building
## Skills
### Estimating
"""
CODE = """#include <stdio.h>
int main(void) {
    int total = 0;
    for (int n = 0; n < 10; n++) {
        total += n;
    }
    printf("%d", total);
    return 0;
}
"""
HEADINGS_OVER_AN_INVOICE = """INVOICE 2026-9
Harbour Foods, accounts@example.com, +1 555 0147
EXPERIENCE
12 chairs at 89.00
EDUCATION
Net 30
SKILLS
Total due 1,068.00
"""
# What is certain to be no CV on its own word; the rest is in doubt, and the model's to say.
LEFT_IN_DOUBT = {"letter, German", "article", "article, research", "minutes", "speech"}


@pytest.mark.parametrize("name", sorted(OTHER_DOCUMENTS))
def test_other_documents_are_doubted_and_most_are_certain(name: str) -> None:
    """None of twenty passes for a CV, and fifteen need nobody's opinion."""
    expected = Verdict.DOUBTFUL if name in LEFT_IN_DOUBT else Verdict.NOT_A_CV
    likeness = cv_likeness(OTHER_DOCUMENTS[name])
    assert likeness.verdict is expected
    if expected is Verdict.NOT_A_CV:
        assert (likeness.kind or "none") in name


@pytest.mark.parametrize(
    "path",
    sorted(path for path in SAMPLES.iterdir() if path.suffix in ENDINGS and path.name not in NOT_CVS),
    ids=lambda path: path.name,
)
def test_every_sample_cv_reads_like_one(path: Path) -> None:
    """In every format and language, and with room to spare."""
    likeness = cv_likeness(read_document(path.read_bytes(), filename=path.name).text)
    assert likeness.verdict is Verdict.CV
    assert likeness.weight - likeness.other_weight >= 5


def test_the_sample_invoice_is_certainly_none() -> None:
    """Though it has an address, a telephone number and dates."""
    path = SAMPLES / "invoice_joinery.pdf"
    likeness = cv_likeness(read_document(path.read_bytes(), filename=path.name).text)
    assert (likeness.verdict, likeness.kind) == (Verdict.NOT_A_CV, "invoice")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        pytest.param(SHORT_CV, Verdict.CV, id="three-lines"),
        pytest.param("氏名：見本 花子\n職種：看護師\n2018年4月～現在 見本病院", Verdict.CV, id="japanese"),
        pytest.param("姓名：张示例\n职位：会计\n2019年3月至今 示例会计师事务所", Verdict.CV, id="chinese"),
        pytest.param(LIST_IN_RUSSIAN, Verdict.CV, id="items-ending-in-semicolons"),
        pytest.param(LIST_IN_FRENCH, Verdict.DOUBTFUL, id="nothing-but-such-items"),
        pytest.param(CV_IN_MARKDOWN, Verdict.CV, id="headings-of-markdown"),
        pytest.param(CODE, Verdict.NOT_A_CV, id="source-code"),
        pytest.param(HEADINGS_OVER_AN_INVOICE, Verdict.DOUBTFUL, id="headings-over-an-invoice"),
        pytest.param("Jane Example", Verdict.DOUBTFUL, id="a-name"),
        pytest.param("", Verdict.DOUBTFUL, id="nothing"),
    ],
)
def test_what_is_short_or_strange(text: str, verdict: Verdict) -> None:
    """Little text is no reason to turn somebody away, and headings alone make no CV."""
    assert cv_likeness(text).verdict is verdict


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Резюме\n2021 – н.в. Бухгалтер\nОбразование\nКолледж", id="ru"),
        pytest.param("Марія\nДосвід роботи\n2019 - теперішній час\nОсвіта", id="uk"),
        pytest.param("Doświadczenie zawodowe\n2019 – obecnie: księgowa\nWykształcenie", id="pl"),
        pytest.param("Pracovní zkušenosti\n2019 - dosud\nVzdělání\nJazykové znalosti", id="cs"),
        pytest.param("İŞ DENEYİMİ\n2019 - halen\nEĞİTİM\nYabancı Diller", id="tr"),
        pytest.param("Εργασιακή εμπειρία\n2019 - σήμερα\nΕκπαίδευση\nΞένες γλώσσες", id="el"),
        pytest.param("경력\n2019년 3월 ~ 현재\n학력\n자격증", id="ko"),
        pytest.param("الخبرات\n2019 - 2022\nالتعليم\nالمهارات", id="ar"),
        pytest.param("ניסיון תעסוקתי\n2019 - 2022\nהשכלה\nשפות", id="he"),
        pytest.param("Arbetslivserfarenhet\n2019 - nuvarande\nUtbildning", id="sv"),
    ],
)
def test_a_few_lines_in_any_language_are_a_cv(text: str) -> None:
    """Its headings and a period are enough, so nobody is doubted for their language."""
    assert cv_likeness(text).verdict is Verdict.CV


def test_the_vocabulary_is_folded_as_texts_are() -> None:
    """A phrase with an accent or a capital would never be found."""
    groups = [*HEADINGS.values(), *OTHER_KINDS.values(), TITLES, CAREER_WORDS]
    assert [phrase for group in groups for phrase in group if folded(phrase) != phrase] == []


def test_a_letter_in_front_of_its_cv_does_no_harm() -> None:
    """Applications come as one file; so do CVs of people who wrote invoices for a living."""
    cv = read_document((SAMPLES / "siobhan_ni_dhalaigh_plain.txt").read_bytes(), filename="cv.txt").text
    assert cv_likeness(f"{COVER_LETTER_EN}\n{cv}").verdict is Verdict.CV
    trade = "Bookkeeper: invoice, purchase order, payment terms, VAT, IBAN, quantity, unit price, due date"
    assert cv_likeness(f"{cv}\n{trade}").verdict is Verdict.CV


def test_the_signs_are_told() -> None:
    """A person can check them one by one."""
    likeness = cv_likeness(SHORT_CV)
    assert likeness.signs == {"contact": 1, "current position": 4}
    assert (likeness.kind, likeness.other_weight, likeness.weight) == (None, 0, 5)


@pytest.mark.parametrize(
    "text", ["a" * 400_000, "2019 - " * 60_000, "(" * 400_000, "x@" * 200_000, " \n" * 200_000]
)
def test_no_text_takes_long(text: str) -> None:
    """A hostile one neither: only its beginning is looked at, and no pattern runs away."""
    import time

    started = time.perf_counter()
    cv_likeness(text)
    assert time.perf_counter() - started < 2.0
