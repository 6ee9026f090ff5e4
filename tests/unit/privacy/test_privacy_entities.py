"""Published PII: model and rules merged, every form located, levels and tokens, copies without it."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.documents.model import DocumentText, Link, Page
from shared_code.privacy.entities import publish_pii
from shared_code.privacy.names import NameForms, name_parts
from shared_code.privacy.redaction import anonymise
from shared_code.privacy.spans import apart
from shared_code.privacy.taxonomy import TAXONOMY
from shared_code.profile.folding import FoldedText

ASSISTANTS = Path(__file__).parents[3] / "shared_code" / "assistants"
PAGE_ONE = """\
IRIS  CALLOWAY
iris.calloway@example.com | 020 7946 0123 | linkedin.com/in/iris-calloway
Born 12.03.1985, 41, gender: M. Lives in Nice.
Iris Calloway is a nice person with an M.Sc. and 41 patents. I. Calloway led Halden.
"""
PAGE_TWO = """\
Reference: Ms Ona Fjeld, ona.fjeld@example.org, +44 20 7946 0999
Skype iris.calloway, again +44 (0)20 7946 0123. Ms Calloway graduated in 2015.
Worked 2015 to 2018 in Nice at HALDEN.
"""
TEXT = PAGE_ONE + PAGE_TWO
LINKS = (
    Link("mailto:iris.calloway@example.com", "mail", 1),
    Link("https://github.com/icalloway/", "GitHub", 2),
)


def named(
    value: str, kind: str, level: int = 1, forms: tuple[str, ...] = (), context: str = ""
) -> dict[str, Any]:
    """An entity as the model answers it."""
    return {
        "original_value": value,
        "pii_type": kind,
        "sensitivity_level": level,
        "all_variations": list(forms),
        "context": context,
    }


def document(text: str = TEXT, links: tuple[Link, ...] = LINKS) -> DocumentText:
    """The CV of two pages, or another text of one."""
    cut = len(PAGE_ONE) if text == TEXT else len(text)
    pages = (Page(1, 0, cut), Page(2, cut, len(text))) if cut < len(text) else (Page(1, 0, cut),)
    return DocumentText(text, "text/plain", "test", pages, links)


def publish(*entities: dict[str, Any], region: str | None = "GB") -> list[dict[str, Any]]:
    """The published entities of the sample."""
    result: list[dict[str, Any]] = publish_pii({"pii_entities": list(entities)}, document(), region).result[
        "pii_entities"
    ]
    return result


def only(entities: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """The one entity of a kind."""
    (entity,) = (each for each in entities if each["pii_type"] == kind)
    return entity


def places(entity: dict[str, Any]) -> list[str]:
    """What stands at an entity's occurrences."""
    return [TEXT[each["start"] : each["end"]] for each in entity["occurrences"]]


def test_the_taxonomy_is_the_schemas() -> None:
    """One kind more or less on either side would go unnoticed otherwise."""
    for name in ("schema.json", "published.schema.json"):
        schema = json.loads((ASSISTANTS / "cv_pii_identifier" / name).read_text())
        kinds = schema["properties"]["pii_entities"]["items"]["properties"]["pii_type"]["enum"]
        assert set(kinds) == set(TAXONOMY)


def test_no_two_kinds_share_a_token() -> None:
    """Else [NAME_1] would be two people."""
    assert len({kind.token for kind in TAXONOMY.values()}) == len(TAXONOMY)


def test_a_name_is_found_in_all_its_forms() -> None:
    """Case, spacing, initials, family name alone, the e-mail's local part, the profile's slug, a handle."""
    entity = only(publish(named("Iris Calloway", "person_name")), "person_name")
    assert entity["original_value"] == "Iris Calloway"
    assert places(entity) == [
        "IRIS  CALLOWAY",
        "iris.calloway",
        "iris-calloway",
        "Iris Calloway",
        "I. Calloway",
        "iris.calloway",
        "Calloway",
    ]
    assert entity["all_variations"] == [
        "IRIS CALLOWAY",
        "iris.calloway",
        "iris-calloway",
        "I. Calloway",
        "Calloway",
    ]
    assert [each["page"] for each in entity["occurrences"]] == [1, 1, 1, 1, 1, 2, 2]


def test_a_first_name_beside_the_whole_name_is_one_person() -> None:
    """The model listed both."""
    entities = publish(named("Iris", "person_name"), named("Iris Calloway", "person_name"))
    assert only(entities, "person_name")["replacement"] == "[NAME_1]"


def test_a_name_next_to_an_address_is_not_turned_round() -> None:
    """The words "Fjeld, ona" are no form of Ona Fjeld."""
    assert places(only(publish(named("Ona Fjeld", "third_party_name")), "third_party_name")) == [
        "Ona Fjeld",
        "ona.fjeld",
    ]


def test_a_family_name_before_an_address_is_no_whole_name() -> None:
    """The address is not the first name."""
    forms = NameForms(FoldedText("Fjeld, ona.f@example.org; Fjeld, Ona"))
    assert forms.whole_spans("Ona Fjeld") == [(26, 36)]


def test_handles_that_hold_a_part_of_the_name_are_forms_of_it() -> None:
    """Local parts of addresses and slugs of profiles."""
    text = "Ona Fjeld, fjeldo@example.org, github.com/onafjeld-dev, info@example.org"
    answer = {"pii_entities": [named("Ona Fjeld", "person_name")]}
    entity = only(publish_pii(answer, document(text, ())).result["pii_entities"], "person_name")
    assert entity["all_variations"] == ["fjeldo", "onafjeld-dev"]


def test_model_and_rules_meet_in_one_entity() -> None:
    """By address, by digits and by date, however each spells it; both places of the number are one value."""
    entities = publish(
        named("IRIS.CALLOWAY@EXAMPLE.COM", "email"),
        named("+442079460123", "phone"),
        named("March 12, 1985", "date_of_birth"),
    )
    assert [each["source"] for each in entities if each["pii_type"] in ("email", "date_of_birth")] == [
        "both",
        "both",
        "rules",  # the referee's address
    ]
    own = next(each for each in entities if each["pii_type"] == "phone")
    assert (own["source"], own["original_value"]) == ("both", "020 7946 0123")
    assert places(own) == ["020 7946 0123", "+44 (0)20 7946 0123"]
    assert only(entities, "date_of_birth")["original_value"] == "12.03.1985"


def test_rules_alone_find_what_the_model_missed() -> None:
    """With a context from the text."""
    entities = publish()
    assert {each["source"] for each in entities} == {"rules"}
    address = next(each for each in entities if each["original_value"] == "ona.fjeld@example.org")
    assert "Ona Fjeld" in address["context"]
    assert len(address["context"]) <= 80


def test_whose_contact_it_is_the_model_knows_better() -> None:
    """A referee's address is no address of the candidate."""
    entities = publish(named("ona.fjeld@example.org", "third_party_contact", 1))
    entity = only(entities, "third_party_contact")
    assert (entity["source"], entity["sensitivity_level"]) == ("both", 2)
    assert [each["original_value"] for each in entities if each["pii_type"] == "email"] == [
        "iris.calloway@example.com"
    ]


def test_what_kind_of_number_it_is_the_check_digit_knows_better() -> None:
    """The model took an IBAN for a tax number."""
    text = "IBAN DE89 3704 0044 0532 0130 00"
    answer = {"pii_entities": [named("DE89370400440532013000", "tax_id")]}
    (entity,) = publish_pii(answer, document(text, ())).result["pii_entities"]
    assert (entity["pii_type"], entity["original_value"]) == ("bank_account", "DE89 3704 0044 0532 0130 00")


def test_an_invented_value_is_dropped_and_counted() -> None:
    """The warning does not repeat it."""
    answer = {"pii_entities": [named("Bob Invented", "third_party_name"), named("+1 212 555 0199", "phone")]}
    published = publish_pii(answer, document())
    assert not any("Invented" in each["original_value"] for each in published.result["pii_entities"])
    (warning,) = published.warnings
    assert warning.code == "unverifiedEntities"
    assert "2 value(s)" in warning.message
    assert "Invented" not in warning.message


def test_what_only_a_link_holds_has_no_occurrence() -> None:
    """It comes last, with the link as its evidence."""
    published = publish_pii({"pii_entities": [named("github.com/icalloway", "profile_url")]}, document())
    entity = published.result["pii_entities"][-1]
    assert (entity["occurrences"], entity["source"]) == ([], "both")
    assert entity["all_variations"] == ["https://github.com/icalloway/"]
    last = len(published.result["pii_entities"]) - 1
    evidence = published.evidence[f"/pii_entities/{last}/original_value"]
    assert (evidence.source, evidence.start, evidence.page) == ("link", None, 2)


def test_a_links_target_is_a_variation_of_what_the_text_shows() -> None:
    """As link annotations carry it."""
    email = next(each for each in publish() if each["original_value"] == "iris.calloway@example.com")
    assert "mailto:iris.calloway@example.com" in email["all_variations"]


@pytest.mark.parametrize(
    ("entity", "expected"),
    [
        pytest.param(named("M", "gender", context="gender: M."), ["gender: M"], id="one letter"),
        pytest.param(named("41", "age", context="1985, 41, gender"), ["1985, 41"], id="an age"),
        pytest.param(
            named("2015", "graduation_year", context="...uated in 2015."), ["in 2015"], id="cut context"
        ),
        pytest.param(
            named("2015", "graduation_year", context="not there"), ["in 2015"], id="no context: first place"
        ),
    ],
)
def test_an_ambiguous_value_counts_only_in_its_context(entity: dict[str, Any], expected: list[str]) -> None:
    """The letter M is not that of "M.Sc.", and 2015 is not the year a job began."""
    found = only(publish(entity), entity["pii_type"])
    assert [
        TEXT[: each["end"]][-len(end) :] for each, end in zip(found["occurrences"], expected, strict=True)
    ] == expected


def test_a_capital_word_does_not_match_the_common_one() -> None:
    """Nice is a city, nice is not; an employer in capitals is the same employer."""
    entities = publish(named("Nice", "city"), named("Halden", "employer"))
    assert places(only(entities, "city")) == ["Nice", "Nice"]
    assert places(only(entities, "employer")) == ["Halden", "HALDEN"]


def test_levels_come_from_the_table_and_tokens_count_by_first_place() -> None:
    """Whatever level the model gave."""
    entities = publish(
        named("Ona Fjeld", "third_party_name", 4), named("Nice", "city", 3), named("Halden", "employer")
    )
    assert [each["sensitivity_level"] for each in entities] == [
        TAXONOMY[each["pii_type"]].level for each in entities
    ]
    phones = [
        (each["original_value"], each["replacement"]) for each in entities if each["pii_type"] == "phone"
    ]
    assert phones == [("020 7946 0123", "[PHONE_1]"), ("+44 20 7946 0999", "[PHONE_2]")]
    starts = [each["occurrences"][0]["start"] for each in entities if each["occurrences"]]
    assert starts == sorted(starts)


def test_a_variation_the_model_saw_is_located() -> None:
    """Only where it stands, and not if it is too short to mean anything."""
    entity = named("Halden", "employer", forms=("HALDEN", "H", "Halden International"))
    assert only(publish(entity), "employer")["all_variations"] == ["HALDEN"]


def test_kinds_outside_the_table_are_left_out() -> None:
    """A validated answer has none; nothing fails if one slips in."""
    assert (
        publish_pii({"pii_entities": [named("x", "shoe_size")]}, document("x", ())).result["pii_entities"]
        == []
    )


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        pytest.param("Dr. Iris Calloway", ["Iris", "Calloway"], id="title"),
        pytest.param("Calloway, Iris", ["Iris", "Calloway"], id="turned round"),
        pytest.param("Iris Calloway, MBA", ["Iris", "Calloway"], id="degree"),
        pytest.param("Jan van der Berg", ["Jan", "Berg"], id="particles"),
        pytest.param("Ana-Lucía O'Neill", ["Ana-Lucía", "O'Neill"], id="hyphen and apostrophe"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_parts_of_a_name(name: str, parts: list[str]) -> None:
    """First to last."""
    assert name_parts(name) == parts


def test_an_anonymised_copy_holds_tokens_instead() -> None:
    """Of everything, or from a level on."""
    entities = publish(
        named("Iris Calloway", "person_name"), named("Ona Fjeld", "third_party_name"), named("Nice", "city")
    )
    copy = anonymise(TEXT, entities)
    assert copy.startswith("[NAME_1]\n[EMAIL_1] | [PHONE_1] | [PROFILE_URL_1]\n")
    assert "calloway" not in copy.lower()
    assert "Lives in [CITY_1]" in copy
    assert "nice person" in copy
    assert "Lives in Nice" in anonymise(TEXT, entities, minimum_level=2)


def test_overlapping_occurrences_leave_nothing_behind() -> None:
    """Two that cross each other: all they cover goes."""
    entities = [
        {"replacement": "[A_1]", "sensitivity_level": 2, "occurrences": [{"start": 0, "end": 6, "page": 1}]},
        {"replacement": "[B_1]", "sensitivity_level": 3, "occurrences": [{"start": 4, "end": 10, "page": 1}]},
        {
            "replacement": "[C_1]",
            "sensitivity_level": 2,
            "occurrences": [{"start": 10, "end": 11, "page": 1}],
        },
    ]
    assert anonymise("0123456789abc", entities) == "[B_1][C_1]bc"


WORDS = st.sampled_from(
    ["Ona", "Fjeld", "Halden", "Nice", "nice", "ona.fjeld@example.org", "Anna", "Annabel", "Ann"]
)
KINDS = st.sampled_from(["person_name", "employer", "city", "institution", "health", "postal_address"])


@given(
    st.lists(WORDS, max_size=25),
    st.lists(st.tuples(st.lists(WORDS, min_size=1, max_size=3).map(" ".join), KINDS), max_size=5),
    st.sampled_from([" ", ", ", "\n"]),
)
def test_no_value_with_occurrences_remains(
    words: list[str], values: list[tuple[str, str]], between: str
) -> None:
    """Whatever overlaps whatever, no located value stands in the copy as it stood in the text."""
    text = between.join(words)
    entities = publish_pii(
        {"pii_entities": [named(value, kind) for value, kind in values]}, document(text, ())
    ).result["pii_entities"]
    copy = FoldedText(anonymise(text, entities))
    for entity in entities:
        assert entity["occurrences"]
        assert copy.exact_spans(entity["original_value"]) == []
        for each in entity["occurrences"]:
            assert 0 <= each["start"] < each["end"] <= len(text)


SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 8)).map(lambda pair: (pair[0], sum(pair))), max_size=12
)


@given(SPANS, SPANS)
def test_spans_set_apart_do_not_overlap(
    preferred: list[tuple[int, int]], others: list[tuple[int, int]]
) -> None:
    """And a preferred one is kept, or lies within another that is."""
    kept = apart(preferred, others)
    assert all(before[1] <= after[0] for before, after in pairwise(kept))
    alone = apart(preferred)
    assert all(any(start <= span[0] and span[1] <= end for start, end in kept) for span in alone)
