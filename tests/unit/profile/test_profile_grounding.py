"""Whether a value stands in the CV, and where: exactly, folded, across line breaks, in links."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.documents.model import Link
from shared_code.profile.folding import FoldedText
from shared_code.profile.grounding import Grounding
from tests.unit.profile.sample_cv import one_page


def grounding(text: str, *links: Link) -> Grounding:
    """The grounding of a document of one page."""
    return Grounding(one_page(text, *links))


@pytest.mark.parametrize(
    ("text", "value", "quote"),
    [
        pytest.param("Works at Northwind.", "Northwind", "Northwind", id="letter by letter"),
        pytest.param("IRIS CALLOWAY", "Iris Calloway", "IRIS CALLOWAY", id="case"),
        pytest.param("Iris \n Calloway", "Iris Calloway", "Iris \n Calloway", id="line break"),
        pytest.param("2018 – 2020", "2018 - 2020", "2018 – 2020", id="dashes"),
        pytest.param("said “yes”", 'said "yes"', "said “yes”", id="quotes"),
        pytest.param("e\ufb03cient work", "efficient work", "e\ufb03cient work", id="ligature"),
        pytest.param("Jose\u0301 Ruiz", "José Ruiz", "Jose\u0301 Ruiz", id="combining accent"),
        pytest.param("Straße", "strasse", "Straße", id="one letter folds to two"),
        pytest.param(
            "well-\nknown tools", "well-known tools", "well-\nknown tools", id="hyphen kept at a break"
        ),
        pytest.param("engi-\nneering", "engineering", "engi-\nneering", id="hyphenated at a break"),
        pytest.param("infra\u00adstructure", "infrastructure", "infra\u00adstructure", id="soft hyphen"),
        pytest.param(
            "I R I S  C A L L O W A Y", "Iris Calloway", "I R I S  C A L L O W A Y", id="spaced letters"
        ),
        pytest.param(
            "Built APIs\n• Led teams", "Built APIs Led teams", "Built APIs\n• Led teams", id="bullet within"
        ),
        pytest.param("東京大学を卒業", "東京大学", "東京大学", id="a script without blanks"),
    ],
)
def test_a_value_is_found_where_the_text_has_it(text: str, value: str, quote: str) -> None:
    """The quote is the text's own spelling, and the offsets are the original's."""
    evidence = grounding(text).value(value)
    assert evidence is not None
    assert evidence.quote == quote
    assert text[evidence.start : evidence.end] == quote


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("Northwinds", "Northwind", id="part of a word"),
        pytest.param("Cloud", "C", id="a letter of a word"),
        pytest.param("saved 3.5 million euros", "saved 35 million euros", id="another number"),
        pytest.param("Acme", "Beta", id="absent"),
        pytest.param("", "Acme", id="empty text"),
    ],
)
def test_a_value_that_does_not_stand_there_is_not_found(text: str, value: str) -> None:
    """Neither inside another word nor with other figures."""
    assert grounding(text).value(value) is None


def test_of_several_places_the_nearest_to_the_anchor_is_taken() -> None:
    """The same employer stands twice; each role gets its own."""
    text = "Halden, 2018\nDeveloper\nHalden, 2016\nTrainee"
    found = grounding(text)
    near, first = found.value("Halden", near=text.index("Trainee")), found.value("Halden")
    assert near is not None
    assert first is not None
    assert (near.start, first.start) == (text.index("Halden, 2016"), 0)


def test_the_anchor_is_a_value_that_stands_once() -> None:
    """A title that two roles share says less than dates that only one has."""
    text = "Halden, 2018\nDeveloper\nHalden, 2016\nDeveloper"
    assert grounding(text).anchor(["Developer", "2016"]) == text.index("2016")
    assert grounding(text).anchor(["Painter"]) is None


@pytest.mark.parametrize(
    ("text", "email"),
    [
        pytest.param("mail: Iris.Calloway@Example.com", "iris.calloway@example.com", id="case"),
        pytest.param("iris.calloway@\nexample.com", "iris.calloway@example.com", id="wrapped"),
        pytest.param("iris (at) example (dot) com", "iris@example.com", id="written out"),
        pytest.param("<iris@example.com>", "mailto:iris@example.com", id="scheme"),
    ],
)
def test_an_email_address_is_found(text: str, email: str) -> None:
    """However it is set."""
    evidence = grounding(text).email(email)
    assert evidence is not None
    assert evidence.quote in text


@pytest.mark.parametrize(
    "text", ["maryiris@example.com", "m.iris@example.com", "iris@example.com.au", "iris@example.co"]
)
def test_part_of_another_address_is_no_evidence(text: str) -> None:
    """Left and right of it nothing of an address may stand."""
    assert grounding(text).email("iris@example.com") is None


@pytest.mark.parametrize(
    ("text", "phone", "quote"),
    [
        pytest.param(
            "T +44 (0)20 7946 0123", "+44 20 7946 0123", "+44 (0)20 7946 0123", id="trunk zero in brackets"
        ),
        pytest.param("T 020 7946 0123", "+442079460123", "020 7946 0123", id="the model added the country"),
        pytest.param(
            "T +1 (212) 555-0142", "212-555-0142", "+1 (212) 555-0142", id="the model dropped the country"
        ),
        pytest.param("0049 30 23125 555", "+49 30 23125555", "0049 30 23125 555", id="international prefix"),
        pytest.param("(030) 23125-555", "030 23125555", "(030) 23125-555", id="area code in brackets"),
        pytest.param("020 7946 0123 / 020 7946 0999", "020 7946 0999", "020 7946 0999", id="second of two"),
    ],
)
def test_a_number_is_found_by_its_digits(text: str, phone: str, quote: str) -> None:
    """The quote holds the whole number as the CV writes it."""
    evidence = grounding(text).phone(phone)
    assert evidence is not None
    assert evidence.quote == quote


@pytest.mark.parametrize("text", ["020 7946 01234", "2018 - 2020", "20 79 and 460 123", "+44 20 7946 9999"])
def test_other_digits_are_no_evidence_for_a_number(text: str) -> None:
    """Neither a longer number nor digits with words between them."""
    assert grounding(text).phone("020 7946 0123") is None


@pytest.mark.parametrize(
    ("text", "url"),
    [
        pytest.param(
            "www.linkedin.com/in/iris-c/", "https://linkedin.com/in/iris-c", id="scheme, www, slash"
        ),
        pytest.param("LinkedIn.com/in/Iris-C", "http://www.linkedin.com/in/iris-c/", id="case"),
        pytest.param("linkedin.com/in/iris-\nc", "linkedin.com/in/iris-c", id="wrapped"),
        pytest.param("(github.com/iris).", "github.com/iris", id="in brackets"),
        pytest.param("linkedin.com/in/josé", "linkedin.com/in/jos%C3%A9", id="percent-encoded"),
    ],
)
def test_a_web_address_is_found_by_host_and_path(text: str, url: str) -> None:
    """However it is written."""
    assert grounding(text).url(url) is not None


@pytest.mark.parametrize(
    "text", ["github.com/iris-c", "github.com/iris/tool", "notgithub.com/iris", "iris@github.com/iris"]
)
def test_another_path_or_host_is_no_evidence(text: str) -> None:
    """A repository is not the profile."""
    assert grounding(text).url("github.com/iris") is None


def test_contacts_are_found_in_links_without_offsets() -> None:
    """The evidence names the target and its page, and says that it is a link."""
    found = grounding(
        "Write to me",
        Link("mailto:Iris@example.com?subject=Job", "Write", 2),
        Link("tel:+44-20-7946-0123", "", 2),
        Link("https://www.github.com/iris/?tab=stars", "GitHub", 3),
    )
    for evidence in (
        found.email("iris@example.com"),
        found.phone("+442079460123"),
        found.url("github.com/iris"),
    ):
        assert evidence is not None
        assert (evidence.start, evidence.end, evidence.source) == (None, None, "link")
        assert evidence.page == (3 if "github" in evidence.quote else 2)


def test_the_text_comes_before_a_links_target() -> None:
    """What a reader sees is the better evidence."""
    evidence = grounding("iris@example.com", Link("mailto:iris@example.com", "", 1)).email("iris@example.com")
    assert evidence is not None
    assert evidence.source == "text"


@given(st.text(max_size=80), st.text(max_size=80), st.text(min_size=1, max_size=30))
def test_every_span_lies_in_the_text_and_folds_to_the_value(before: str, after: str, value: str) -> None:
    """Offsets are right for any text, and what stands alone is always found."""
    text = f"{before}\n{value}\n{after}"
    folded = FoldedText(text)
    for start, end in folded.spans(value):
        assert 0 <= start < end <= len(text)
    if value.strip() == value and value.isalnum() and "-" not in before[-3:]:
        assert folded.spans(value)


def test_sixty_values_of_a_two_page_cv_take_less_than_15_ms() -> None:
    """The text is folded once, however many values are asked for, found or not."""
    words = [f"Word{number} tool{number} – thing{number}" for number in range(330)]
    text = "\n".join(words)
    values = [f"word{number} TOOL{number} - thing{number}" for number in range(0, 300, 10)]
    values += [f"Missing employer {number}" for number in range(30)]
    assert 6_000 < len(text) < 12_000

    def seconds() -> float:
        started = time.process_time()
        found = grounding(text)
        assert sum(found.value(value) is not None for value in values) == 30
        return time.process_time() - started

    assert min(seconds() for _ in range(5)) < 0.015
