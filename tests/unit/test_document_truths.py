"""How the readers' benchmark compares: what counts as the same words, and what as one run of text."""

from __future__ import annotations

import pytest

from benchmarks.support.document_truths import bare_target, holds, shingles, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Office of finance", "oﬃce of ﬁnance"),
        ("appren-\ntices", "apprentices"),
        ("appren\u2010\r\n  tices", "apprentices"),
        ("real-time", "real\u2011time"),
        ("| Ada | Lisowski |", "Ada\u00a0Lisowski"),
    ],
    ids=["ligatures", "line end", "typeset line end", "hyphens", "table marks"],
)
def test_ways_to_write_the_same_are_the_same(one: str, other: str) -> None:
    """No reader wins or loses by signs, case, ligatures or line ends."""
    assert words(one) == words(other)


def test_lost_and_found_spaces_count() -> None:
    """A reader that glues words together or tears them apart has not found the phrase."""
    assert holds(words("a Senior Baker of bread"), "senior baker")
    assert not holds(words("a SeniorBaker of bread"), "senior baker")
    assert not holds(words("a Sen ior Baker of bread"), "senior baker")


def test_part_of_a_word_is_not_the_phrase() -> None:
    """Phrases are found at word boundaries."""
    assert not holds(words("Javanese tea"), "Java")


def test_spaces_between_japanese_letters_do_not_count() -> None:
    """Forms space them out, and the language has none."""
    assert holds(words("見 本　花 子"), "見本 花子")


def test_runs_of_words_stay_within_a_paragraph() -> None:
    """A short line ends a paragraph, a full one goes on; six words in order are a run."""
    text = "one two three four five six seven\neight.\nnine ten eleven"

    assert shingles(text) == {
        "one two three four five six",
        "two three four five six seven",
        "three four five six seven eight",
    }


def test_targets_are_the_same_without_their_scheme() -> None:
    """One reader reports https and www, another does not."""
    assert bare_target("https://www.Example.org/ada/") == bare_target("example.org/ada")
