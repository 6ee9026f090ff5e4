"""The word lists: skills in text, management titles, levels of degrees, figures, contact details."""

from __future__ import annotations

import pytest

from shared_code.profile.contacts import e164, is_same_url, link_kind, plain_email
from shared_code.profile.education import degree_level
from shared_code.profile.figures import states_a_figure
from shared_code.profile.management import is_management_title
from shared_code.profile.skill_terms import first_mention, mentions, normal_text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("C", "firmware in C/C++"),
        ("C++", "C++17 modules"),
        ("C#", "services in C#."),
        (".NET", "built with .NET 8"),
        ("R", "models in Python, R."),
        ("Go", "services in Go, mostly"),
        ("Java", "Java8 back ends"),
        ("java", "JAVA back ends"),
        ("Node.js", "NodeJS services"),
        ("machine learning", "Machine-Learning models"),
        ("Power BI", "PowerBI reports"),
        ("REST API", "designed REST APIs"),
        ("SQL", "PL/SQL packages"),
        ("HTML", "HTML5 pages"),
        ("Excel", "reports in Excel"),
        ("Kubernetes", "kubernetes-native tools"),
    ],
)
def test_a_role_names_a_skill(name: str, text: str) -> None:
    """In any case, plural, version, and beside punctuation."""
    assert mentions([name], normal_text(text))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("C", "C++ and C#"),
        ("C", "Objective-C apps"),
        ("C", "reported at C-level"),
        ("C++", "plain C"),
        (".NET", "ASP.NET pages"),
        ("NET", "ASP.NET pages"),
        ("R", "led R&D"),
        ("R", "your role"),
        ("Go", "Go-to-market plans"),
        ("Go", "Go live of the shop"),
        ("Go", "go further"),
        ("go", "ready to go"),
        ("Java", "JavaScript"),
        ("Node", "Node.js"),
        ("SQL", "NoSQL"),
        ("AI", "OpenAI"),
        ("Excel", "excel at talking"),
        ("", "anything"),
    ],
)
def test_a_role_does_not_name_a_skill_inside_another_word(name: str, text: str) -> None:
    """C is not C++, Go is no verb, Java is not JavaScript."""
    assert not mentions([name], normal_text(text))


def test_a_listed_skill_is_found_as_it_is_spelled() -> None:
    """In a list of skills the capital is not needed."""
    assert first_mention("go", "python, go, rust") == (8, 10)
    assert first_mention("C", "C++, C, Go") == (5, 6)


@pytest.mark.parametrize(
    "title",
    [
        "Engineering Manager",
        "Team Lead Backend",
        "Tech Lead",
        "Head of Product Management",
        "Assistant Manager",
        "CTO",
        "Teamleiterin",
        "Geschäftsführer",
        "Jefa de ventas",
        "Directora de Marketing",
        "Leiter Controlling",
        "Abteilungsleiter",
        "Co-Founder & CEO",
        "Vice President Sales",
        "Gerente de operaciones",
        "Assistant Director",
        "Leitung Einkauf",
        "Shift Supervisor",
    ],
)
def test_titles_that_show_management(title: str) -> None:
    """People or a unit, in three languages."""
    assert is_management_title(title)


@pytest.mark.parametrize(
    "title",
    [
        "Product Manager",
        "Senior Account Manager",
        "Lead Developer",
        "Executive Assistant to the CEO",
        "Projektleiter",
        "Assistenz der Geschäftsführung",
        "Halbleiterphysiker",
        "Jefe de Proyecto",
        "Software Engineer",
        "Sales Lead Generation Specialist",
        "Direktionsassistentin",
        "Produktmanagerin",
        "Customer Success Manager",
        "Secretaria de dirección",
    ],
)
def test_titles_that_show_none(title: str) -> None:
    """Who manages a product, or assists a manager, leads nobody by title."""
    assert not is_management_title(title)


@pytest.mark.parametrize(
    ("degree", "level"),
    [
        ("PhD", "doctorate"),
        ("Promotion zum Dr. rer. nat.", "doctorate"),
        ("Doctor of Philosophy", "doctorate"),
        ("Master of Science", "master"),
        ("M.A. History", "master"),
        ("MBA", "master"),
        ("Dipl.-Ing.", "master"),
        ("Máster en Finanzas", "master"),
        ("B.Sc. Informatik", "bachelor"),
        ("BEng (Hons)", "bachelor"),
        ("Grado en Derecho", "bachelor"),
        ("Ausbildung zum Kaufmann", "vocational"),
        ("Técnico Superior en DAM", "vocational"),
        ("Abitur", "secondary"),
        ("High School Diploma", "secondary"),
        ("Bachillerato", "secondary"),
        ("Postgraduate Diploma in Data Science", None),
        ("Certificate of Attendance", None),
    ],
)
def test_the_level_of_a_degree(degree: str, level: str | None) -> None:
    """Read from its name; an English diploma is no German Diplom."""
    assert degree_level(degree) == level


@pytest.mark.parametrize(
    "sentence",
    [
        "Cut costs by 40%",
        "Led 12 engineers",
        "Saved €2m",
        "grew to 2,000 users",
        "3x faster",
        "$1.5M",
        "2019 revenue up 5 %",
    ],
)
def test_achievements_with_a_figure(sentence: str) -> None:
    """Amounts, shares and counts."""
    assert states_a_figure(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Since 2019 in charge",
        "Moved to Python 3.11",
        "ISO 27001 audit",
        "used S3 and EC2",
        "B2B sales",
        "from 2018-2020",
        "Q3 planning",
        "24/7 support",
        "COVID-19 plans",
        "from 03/2019",
        "no digit at all",
    ],
)
def test_years_versions_and_names_are_no_figures(sentence: str) -> None:
    """A digit alone does not make an achievement measurable."""
    assert not states_a_figure(sentence)


@pytest.mark.parametrize(
    ("written", "region", "expected"),
    [
        pytest.param("+44 (0)20 7946 0123", None, "+442079460123", id="country code"),
        pytest.param("0049 30 23125 555", None, "+493023125555", id="international prefix"),
        pytest.param("+1 555 010 0123", None, "+15550100123", id="possible, not assigned: fiction"),
        pytest.param("020 7946 0123", "GB", "+442079460123", id="national, valid in the region"),
        pytest.param("020 7946 0123", "gb", "+442079460123", id="region in lower case"),
        pytest.param("020 7946 0123", None, None, id="national, no region"),
        pytest.param("555 0142", "US", None, id="national, not valid in the region"),
        pytest.param("+1 555-0142", None, None, id="local only"),
        pytest.param("+44 20 7946 0123 ext. 12", None, None, id="extension"),
        pytest.param("+999 12 3456 789", None, None, id="no such country"),
        pytest.param("call me", "GB", None, id="no number"),
        pytest.param("020 7946 0123", "ZZ", None, id="no such region"),
    ],
)
def test_e164_only_where_the_country_is_certain(
    written: str, region: str | None, expected: str | None
) -> None:
    """An explicit country code, or a number that is valid in the candidate's country."""
    assert e164(written, region) == expected


def test_an_email_address_loses_what_stands_around_it() -> None:
    """Scheme, brackets, blanks, and "(at)"."""
    assert plain_email("mailto:iris@example.com?subject=x") == "iris@example.com"
    assert plain_email(" <iris (at) example [dot] com> ") == "iris@example.com"


def test_a_query_tells_pages_apart_only_where_both_have_one() -> None:
    """A tracking query makes no other page."""
    assert is_same_url("https://www.linkedin.com/in/iris/?trk=a", "linkedin.com/in/iris")
    assert not is_same_url("example.com/cite?user=a", "example.com/cite?user=b")
    assert not is_same_url("https://[broken", "example.com")


def test_the_host_settles_the_kind_of_a_link() -> None:
    """And a host that only looks like it does not."""
    assert link_kind("https://de.linkedin.com/in/iris") == "linkedin"
    assert link_kind("notgithub.com/iris") is None
