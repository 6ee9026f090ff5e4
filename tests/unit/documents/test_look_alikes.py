"""Words of two scripts that look like one: a slip of the keyboard is told from a disguise."""

from __future__ import annotations

import pytest

from shared_code.documents.look_alikes import mixed_script_findings, mixed_script_words
from shared_code.documents.model import Severity

BODY = "\n".join(f"Line {'abcdefghijklmnopqrst'[n]}ine of a long and honest career" for n in range(20))
CYRILLIC = str.maketrans("aeopcxyACEHKMOPTX", "аеорсхуАСЕНКМОРТХ")


def _disguised(word: str) -> str:
    return word[0] + word[1:].translate(CYRILLIC)


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        pytest.param(f"Jane Example\n{BODY}\na сomplex estate", Severity.MINOR, id="a slip"),
        pytest.param(f"Jane Example\n{BODY}\nсomplex сloud", Severity.MINOR, id="two"),
        pytest.param(f"{_disguised('Jane')} Example\n{BODY}", Severity.MAJOR, id="name"),
        pytest.param(f"\n\n{BODY}\nworked at {_disguised('example')}.com", Severity.MINOR, id="company"),
        pytest.param(f"{BODY}\njane@{_disguised('example')}.com", Severity.MAJOR, id="e-mail"),
        pytest.param(f"{BODY}\nhttps://{_disguised('example')}.com/jane", Severity.MAJOR, id="address"),
        pytest.param(
            f"{BODY}\n{_disguised('Google')} {_disguised('Apache')} {_disguised('Oracle')}",
            Severity.MAJOR,
            id="three in a short text",
        ),
    ],
)
def test_what_changes_who_it_is_about_is_major(text: str, severity: Severity) -> None:
    """A name, an address or a whole list in disguise is meant; a letter from the wrong keyboard is not."""
    assert [(f.code, f.severity) for f in mixed_script_findings(text)] == [("mixedScript", severity)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("һƂǂʤ ȏΝਫ਼ word", id="fonts that name no letters"),
        pytest.param("Инженер-программист, Web-разработка, DevOps-инженер, 1С:ERP", id="Russian"),
        pytest.param("Μηχανικός λογισμικού, Python και SQL, IFNγ", id="Greek"),
        pytest.param("Київ, КПІ ім. Ігоря Сікорського; Node.js, ТОВ", id="Ukrainian"),
    ],
)
def test_honest_texts_in_two_scripts_have_no_mixed_words(text: str) -> None:
    """Each word is in one script, or in none that was meant to pass for Latin."""
    assert mixed_script_words(text) == []
    assert mixed_script_findings(text) == []
