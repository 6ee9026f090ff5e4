"""Whose CV it is."""

from __future__ import annotations

from typing import Any, cast

import pytest

from local.openai_emulator.cv_reader import answer

TAIL = (
    "\nExperience\nEngineer, Example GmbH\n2019 - 2021\n- Built bridges\n"
    "Education\nBSc Physics, Example University, 2018\n"
)
HEADS = {
    "first line": ("Ada Example-Moreno\nada@example.com", "Ada Example-Moreno"),
    "all capitals": ("ADA MORENO\nada@example.com", "ADA MORENO"),
    "after a heading": ("Curriculum Vitae\n\nAda Moreno\nada@example.com", "Ada Moreno"),
    "in the heading's line": ("Lebenslauf – Ada Moreno\nada@example.com", "Ada Moreno"),
    "title and degrees": ("Dr. Ada Moreno, PhD, PMP\nada@example.com", "Dr. Ada Moreno"),
    "labelled": ("Bewerbung\nName: Ada Moreno\nada@example.com", "Ada Moreno"),
    "two labels": ("Lebenslauf\nVorname: Ada\nNachname: Moreno\nada@example.com", "Ada Moreno"),
    "title line first": ("Senior Software Engineer\nAda Moreno\nada@example.com", "Ada Moreno"),
    "place line first": ("San Francisco, CA\nAda Moreno\nada.moreno@example.com", "Ada Moreno"),
    "contacts in the same line": ("Ada Moreno | Berlin | ada@example.com", "Ada Moreno"),
    "a job title after a dash": ("Ada Moreno – Data Scientist\nada@example.com", "Ada Moreno"),
    "particles": ("Ludwig van der Moreno\nludwig@example.com", "Ludwig van der Moreno"),
    "initial": ("Ada J. Moreno\nada@example.com", "Ada J. Moreno"),
    "apostrophe": ("Siobhán O'Moreno\nsiobhan@example.com", "Siobhán O'Moreno"),
    "surname first, spelled by the address": ("Moreno, Ada\nada.moreno@example.com", "Moreno, Ada"),
    "a surname that is a word, spelled by the address": ("Ada Bank\nada.bank@example.com", "Ada Bank"),
    "japanese label": ("履歴書\n氏　名 見本 花子\nhanako@example.jp", "見本 花子"),
    "chinese label": ("姓名：张示例\n邮箱：zhang@example.cn", "张示例"),
}


def name_of(text: str) -> str | None:
    """The name that is read from a small CV that begins with ``text``."""
    profile = cast("dict[str, Any]", answer("candidate_profile_schema", text + TAIL)["candidateProfile"])
    return cast("str | None", profile["candidateName"])


@pytest.mark.parametrize(("head", "name"), HEADS.values(), ids=HEADS)
def test_name_is_read(head: str, name: str) -> None:
    """The name stands near the top, under a label, or is spelled by the address."""
    assert name_of(head) == name


@pytest.mark.parametrize(
    "head",
    [
        "Curriculum Vitae\nada@example.com",
        "RESUME\nSenior Software Engineer",
        "Kontakt\nBerlin, Germany",
        "YOUR NAME HERE\nx@example.com",
    ],
)
def test_headings_titles_and_places_are_no_names(head: str) -> None:
    """Nothing is better than a heading for a name."""
    assert name_of(head) is None


def test_referee_gives_no_name() -> None:
    """The only name of an anonymous CV is its referee's: it is not taken."""
    assert name_of("Experience\nEngineer, Example AG, 2019 - 2021\nReferences\nName: Ben Other") is None
