"""Periods as CVs write them."""

from __future__ import annotations

import pytest

from local.openai_emulator.cv_reader.dates import first_period, is_duration

PERIODS = {
    "03/2022 – heute": ("2022-03", None, True),
    "Mar 2019 - Present": ("2019-03", None, True),
    "2015–2018": ("2015", "2018", False),
    "seit 2020": ("2020", None, True),
    "marzo de 2018 – actualidad": ("2018-03", None, True),
    "Summer 2019": ("2019", "2019", False),
    "2002 to 2009": ("2002", "2009", False),
    "2009 to the present.": ("2009", None, True),
    "1956 - 60": ("1956", "1960", False),
    "2012Present": ("2012", None, True),
    "20072013": ("2007", "2013", False),
    "2005  Present": ("2005", None, True),
    "enero de 2018 – diciembre de 2020": ("2018-01", "2020-12", False),
    "September, 1984 to  1987": ("1984-09", "1987", False),
    "May – Aug 2020": ("2020-05", "2020-08", False),
    "Oct '19 - Dec '21": ("2019-10", "2021-12", False),
    "Oct '98 - Dec '01": ("1998-10", "2001-12", False),
    "2019-03 - 2021-05": ("2019-03", "2021-05", False),
    "1.4.2019 bis 31.12.2020": ("2019-04-01", "2020-12-31", False),
    "depuis janvier 2021": ("2021-01", None, True),
    "2018年4月～現在": ("2018-04", None, True),
    "Juni 2011 – März 2014": ("2011-06", "2014-03", False),
    "04/2015 →": ("2015-04", None, True),
    "12 May 1988": ("1988-05-12", "1988-05-12", False),
    "July 2012 – Ongoing": ("2012-07", None, True),
}


@pytest.mark.parametrize(("written", "read"), PERIODS.items(), ids=PERIODS)
def test_period_is_as_exact_as_written(written: str, read: tuple[str, str | None, bool]) -> None:
    """Begin, end and whether it lasts; no month is made up."""
    period = first_period(f"Engineer, Example GmbH, {written}")
    assert period is not None
    assert (period.begins, period.ends, period.is_current) == read


@pytest.mark.parametrize(
    "text",
    ["call 030 5550 1234", "Version 3.11", "room 12/34", "ISBN 978-3-16", "99.97% uptime"],
)
def test_numbers_that_are_no_dates_are_left_alone(text: str) -> None:
    """Phone numbers, versions and counts date nothing."""
    assert first_period(text) is None


def test_range_wins_over_a_single_date_before_it() -> None:
    """The year of an award in a title does not date the job."""
    period = first_period("Winner 2016, Chef, 2017 - 2019")
    assert period is not None
    assert (period.begins, period.ends) == ("2017", "2019")


@pytest.mark.parametrize(
    ("text", "length"),
    [("2 years 10 months", True), ("(4 yrs 2 mos)", True), ("3 Jahre", True), ("2 years of sales", False)],
)
def test_length_of_time_is_recognised(text: str, length: bool) -> None:
    """A line that only says how long is no heading."""
    assert is_duration(text) is length
