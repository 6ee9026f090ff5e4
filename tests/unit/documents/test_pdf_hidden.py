"""Hidden text that says nothing new is told from hidden text that wants to be read."""

from __future__ import annotations

import pytest

from shared_code.documents.model import Link, Severity
from shared_code.documents.pdf_hidden import HiddenText, hidden_text_findings

SHOWN = (
    "Jane Example, platform engineer in Lisbon since 2016.\nSkills: Python, Go, Kuber-\nnetes, Rust",
    "Served 40,000 requests a second; on call, one week in six\nThe team at Google bought it",
)
ADDRESS = "https://example.org/talks/on-the-cost-of-waiting-for-locks-ea51d829"
LINKS = (Link(ADDRESS, "talk", 2), Link("https://example.org/?q=Principal engineer since 2008", "more", 1))


def _severity(*hidden: str) -> list[Severity]:
    found = [HiddenText(number, text, is_under_picture=False) for number, text in enumerate(hidden, 1)]
    return [finding.severity for finding in hidden_text_findings(found, SHOWN, LINKS)]


@pytest.mark.parametrize(
    "hidden",
    [
        pytest.param("platform engineer in Lisbon since 2016.", id="the same"),
        pytest.param("Served 40,000 requests\r\na second; on call,\r\none week in six", id="other line ends"),
        pytest.param("PLATFORM ENGINEER  in Lisbon", id="capitals and spaces"),
        pytest.param("Skills: Python, Go, Kubernetes, Rust", id="broken word"),
        pytest.param("Powered by TCPDF (www.tcpdf.org)\r\n 1 / 1", id="a producer's mark"),
        pytest.param("of-waiting-for-locks-ea51d829\r\n", id="end of a linked address"),
        pytest.param("Principal", id="few letters"),
    ],
)
def test_what_stands_in_plain_sight_is_minor(hidden: str) -> None:
    """The finding stays, as nobody sees that text; but it adds nothing to what they see."""
    assert _severity(hidden) == [Severity.MINOR]


@pytest.mark.parametrize(
    "hidden",
    [
        pytest.param("Principal engineer at Google since 2008", id="something else"),
        pytest.param("Python Go Rust Lisbon Google team engineer", id="words shown elsewhere, one by one"),
        pytest.param("\n".join("engineer at google since 2008"), id="a letter a line"),
        pytest.param("Powered by TCPDF (www.tcpdf.org) Principal engineer at Google", id="behind a mark"),
        pytest.param("for-locks-ea51d829 Principal engineer at Google", id="behind an address"),
        pytest.param("talks/on-the-cost-of-waiting", id="amid an address"),
        pytest.param("Principal engineer since 2008", id="words in an address"),
        pytest.param(
            "platform engineer in Lisbon\r\nPrincipal engineer at Google", id="behind a repeated line"
        ),
    ],
)
def test_what_says_something_new_is_major(hidden: str) -> None:
    """Also where each of its words stands somewhere in the text, or part of it is harmless."""
    assert _severity(hidden) == [Severity.MAJOR]


def test_each_page_has_its_own_finding_with_the_whole_text() -> None:
    """What is repeated on one page doesn't excuse the other; quotes and pages stay as they were."""
    hidden = [
        HiddenText(1, "The team at Google bought it", is_under_picture=True),
        HiddenText(2, "Principal engineer at Google since 2008", is_under_picture=False),
    ]
    first, second = hidden_text_findings(hidden, SHOWN, ())
    assert (first.page, first.severity, first.quote) == (1, Severity.MINOR, hidden[0].text)
    assert (second.page, second.severity, second.quote) == (2, Severity.MAJOR, hidden[1].text)
    assert "picture covers" in first.message
    assert "picture covers" not in second.message


def test_comparing_is_bounded() -> None:
    """Beyond a thousand lines, text counts as new: comparing more would cost its square."""
    assert _severity("platform engineer in Lisbon\n" * 900) == [Severity.MINOR]
    assert _severity("platform engineer in Lisbon\n" * 1_100) == [Severity.MAJOR]
