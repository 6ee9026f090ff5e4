"""A short run of every fuzz target; `python -m tests.fuzz` runs for longer, with new seeds."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz.mutations import rearranged
from tests.fuzz.targets import TARGETS, File, Target


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_damaged_files_give_a_document_or_a_reason(target: Target) -> None:
    """Whatever happened to a file on its way, reading ends soon, and with a DocumentError at worst."""

    @settings(
        max_examples=target.examples,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate,),  # a seed that is made smaller is another file
        suppress_health_check=list(HealthCheck),
    )
    @given(target.files)
    def attempt(file: File) -> None:
        target.check(file)

    attempt()


def test_rearranging_keeps_what_is_no_xml() -> None:
    """A part that an earlier edit broke goes on as it is."""
    from random import Random

    assert rearranged(b"<a", Random(1)) == b"<a"
