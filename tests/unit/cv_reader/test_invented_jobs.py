"""Which jobs are read from CVs in two dozen layouts: title, employer and dates."""

from __future__ import annotations

import pytest

from tests.unit.cv_reader import invented, invented_layouts
from tests.unit.cv_reader.reading_back import profile_of

# (title, employer, begins, ends, current), newest first
JOBS: dict[str, tuple[str, list[tuple[str | None, str | None, str, str | None, bool]]]] = {
    "employer above title and dates": (
        invented.US_ONE_PAGER,
        [
            ("Operations Manager", "Cascade Freight Partners", "2019-06", None, True),
            ("Warehouse Supervisor", "Harborline Logistics LLC", "2015-03", "2019-05", False),
        ],
    ),
    "title, employer, dates below each other": (
        invented.UK_WITH_REFEREES,
        [
            ("Senior Financial Accountant", "Westbury Foods plc", "2017-09", None, True),
            ("Management Accountant", "Quayside Housing Association", "2013-01", "2017-08", False),
        ],
    ),
    "german table, dates first, internship": (
        invented.GERMAN_TABULAR,
        [
            ("Softwareentwickler", "Rheinblick Systeme GmbH", "2020-03", None, True),
            ("Junior-Softwareentwickler", "Domstadt Datenwerk AG", "2016-09", "2020-02", False),
            ("Praktikant Softwareentwicklung", "Eifel Energie KG", "2015-03", "2015-08", False),
        ],
    ),
    "spanish months": (
        invented.SPANISH,
        [
            ("Jefe de Obra", "Construcciones Giralda S.A.", "2018-03", None, True),
            ("Ingeniero de Proyectos", "Puentes del Sur S.L.", "2012-09", "2018-02", False),
        ],
    ),
    "one line each, years in words": (
        invented.ACADEMIC,
        [
            ("Associate Professor", "Northmoor University", "2018", None, True),
            ("Assistant Professor", "Northmoor University", "2012", "2018", False),
            ("Postdoctoral Fellow", "Institute for Language Sciences", "2010-09", "2012-08", False),
        ],
    ),
    "one employer, several titles": (
        invented.LINKEDIN_EXPORT,
        [
            ("Head of Product", "Fjordpay", "2022-03", None, True),
            ("Senior Product Manager", "Fjordpay", "2020-09", "2022-02", False),
            ("Software Engineer", "Kystruten Ferries AS", "2016-08", "2020-08", False),
        ],
    ),
    "europass labels": (
        invented.EUROPASS,
        [
            ("Environmental Inspector", "Regional Water Agency", "2015-04", None, True),
            ("Laboratory Technician", "Hydrolab Sp. z o.o.", "2010-09", "2015-03", False),
        ],
    ),
    "columns between bars": (
        invented.BULLET_CONTACT_LINE,
        [
            ("SENIOR PROJECT MANAGER", "Lonestar Grid Services", "2018-01", None, True),
            ("PROJECT ENGINEER", "Bluebonnet Electric Cooperative", "2011-06", "2017-12", False),
            ("DRAFTSMAN", "Hill Country Survey Inc.", "2009", "2011", False),
        ],
    ),
    "iso months alone on a line": (
        invented.DATE_FIRST,
        [
            ("Registered Nurse, Intensive Care", "Sahlgren Example Hospital", "2021-04", None, True),
            ("Staff Nurse", "Västra Clinic", "2017-08", "2021-03", False),
        ],
    ),
    "dashes lost between years": (
        invented.LONG_LINES,
        [
            ("Service Desk Lead", "Lakeshore Medical Center", "2016", None, True),
            ("Help Desk Technician", "Brewtown Insurance Group", "2012", "2016", False),
        ],
    ),
    "french since": (
        invented.FRENCH,
        [
            ("Développeuse front-end", "Atelier Numérique SARL", "2021-01", None, True),
            ("Stagiaire", "Studio Confluence", "2020-04", "2020-09", False),
        ],
    ),
    "markup around the fields": (
        invented.TAGGED_MARKUP,
        [("Network Engineer", "Atlas Telecom", "2017-01", None, True)],
    ),
    "dates in brackets at the end": (
        invented_layouts.CHEF,
        [
            ("Sous Chef", "The Copper Kettle", "2018-05", None, True),
            ("Line Cook", "Mile High Grill", "2014", "2018", False),
        ],
    ),
    "german, employer first, title below": (
        invented_layouts.GERMAN_WIDE_COLUMNS,
        [
            ("Abteilungsleiter Konstruktion", "Maschinenbau Neckar GmbH", "2015-01", None, True),
            ("Konstruktionsingenieur", "Schwaben Automotive AG", "2005-07", "2014-12", False),
            ("Technischer Zeichner", "Ingenieurbüro Alb", "2001-10", "2005-06", False),
        ],
    ),
    "full stops between the fields": (
        invented_layouts.SPANISH_FULL_STOPS,
        [
            ("Directora de Marketing", "Cosmética Natural S.L.", "2019", None, True),
            ("Responsable de Comunicación", "Editorial Ramblas", "2015", "2019", False),
        ],
    ),
    "labels for company, designation and duration": (
        invented_layouts.INDIAN_LABELS,
        [
            ("Senior Test Engineer", "Deccan Software Pvt Ltd", "2016-08", None, True),
            ("Test Engineer", "Nandi Infotech", "2013-06", "2016-07", False),
        ],
    ),
    "a dated employer above dated titles": (
        invented_layouts.EMPLOYER_ABOVE_DATED_TITLES,
        [
            ("Principal Scientist", "EVERGREEN ROBOTICS", "2021", None, True),
            ("Senior Scientist", "EVERGREEN ROBOTICS", "2018", "2021", False),
            ("Research Scientist", "OLYMPIC LABS", "2014", "2018", False),
        ],
    ),
    "markdown": (
        invented_layouts.MARKDOWN,
        [
            ("Senior Backend Developer", "Isarcode GmbH", "2021-05", None, True),
            ("Backend Developer", "Alpensoft AG", "2017-10", "2021-04", False),
        ],
    ),
    "title and employer in one row under the dates": (
        invented_layouts.GERMAN_LABELS_ABOVE_VALUES,
        [
            ("Kauffrau für Büromanagement", "Stadtwerke Musterstadt", "2021-08", None, True),
            (
                "Ausbildung zur Kauffrau für Büromanagement",
                "Stadtwerke Musterstadt",
                "2018-08",
                "2021-07",
                False,
            ),
        ],
    ),
    "a sentence behind the dates": (
        invented_layouts.SENTENCES_AFTER_DATES,
        [
            ("Sales Executive", "Northern Edutech Ltd", "2019", None, True),
            ("Account Manager", "Medisoft UK", "2015", "2019", False),
            ("Customer Assistant", "Marlow Grocers", "2012", "2015", False),
        ],
    ),
    "headings in a column beside the text": (
        invented_layouts.LABEL_COLUMN,
        [
            ("Senior Water Engineer", "Coastline Water Company", "2018-05", None, True),
            ("Water Engineer", "Riverbend Utilities Ltd", "2012-08", "2018-04", False),
        ],
    ),
    "dates in a right-hand column that is read last": (
        invented_layouts.DATES_READ_LAST,
        [
            ("Lead Hydrographer", "Northlight Subsea AS", "2021-06", None, True),
            ("Hydrographer", "Harbour Mapping Ltd", "2016-05", "2021-05", False),
        ],
    ),
    "no job at all": (invented.FRESHER, []),
}


@pytest.mark.parametrize(("text", "jobs"), JOBS.values(), ids=JOBS)
def test_jobs_are_read_newest_first(
    text: str, jobs: list[tuple[str | None, str | None, str, str | None, bool]]
) -> None:
    """Every dated job has its title, employer and dates as exact as written."""
    read = [
        (job["jobTitle"], job["employer"], job["startDate"], job["endDate"], job["isCurrent"])
        for job in profile_of(text)["employmentHistory"]
    ]
    assert read == jobs
