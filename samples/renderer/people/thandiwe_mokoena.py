"""Thandiwe Mokoena, student in Boston: internships only, the studies first, a degree still to come."""

from samples.renderer.model import (
    Headings,
    Language,
    Link,
    Person,
    Role,
    RoleKind,
    Section,
    SkillGroup,
    Study,
    points,
    prose,
)

PERSON = Person(
    language="en",
    name="Thandiwe Mokoena",
    headline="Environmental Science student",
    email="t.mokoena@student.example.org",
    phone="(617) 555-0119",
    phone_e164="+16175550119",
    address=("Heron Hall 312, 60 Causeway Lane", "Boston, MA 02199"),
    city="Boston",
    country_code="US",
    links=(
        Link("linkedin", "LinkedIn", "https://www.linkedin.com/in/thandiwe-mokoena-example"),
        Link("orcid", "ORCID", "https://orcid.org/0000-0000-0000-0000"),
    ),
    summary=prose("""
        Final-year student of environmental science with a minor in statistics, at home in rubber boots and
        in R. I am looking for a first full-time position in water quality or urban climate, from June 2027.
    """),
    headings=Headings(
        summary="Objective", roles="Internships", studies="Education", skills="Skills", languages="Languages"
    ),
    studies=(
        Study(
            "B.S. Environmental Science, Minor in Statistics",
            "Larkfield University",
            "Boston, MA",
            "2023-09",
            "expected May 2027",
            "GPA 3.74; Dean's List in five of six semesters",
        ),
        Study(
            "National Senior Certificate",
            "Umhlanga Ridge Girls' College",
            "Durban, South Africa",
            "2018-01",
            "2022-12",
            "Seven distinctions; head of the science club",
        ),
    ),
    roles=(
        Role(
            "Water Quality Intern",
            "Harborline Water Trust",
            "Boston, MA",
            "2026-06",
            "2026-08",
            points("""
                - Sampled 18 urban streams weekly and analysed nitrate and conductivity in the laboratory.
                - Wrote R scripts that turn field sheets into a public dashboard; 2,600 visitors in two
                  months.
                - Presented the findings to a board of nine; two outfalls were repaired as a result.
            """),
            RoleKind.INTERNSHIP,
        ),
        Role(
            "Climate Data Intern",
            "Cape Fynbos Observatory",
            "Cape Town, South Africa",
            "2025-06",
            "2025-08",
            points("""
                - Cleaned 41 years of rainfall records from 63 stations and documented every correction.
                - Mapped heat islands with QGIS and satellite images at 30 m resolution.
            """),
            RoleKind.INTERNSHIP,
        ),
        Role(
            "Laboratory Intern",
            "Larkfield University, Soil Group",
            "Boston, MA",
            "2025-01",
            "2025-04",
            points("""
                - Prepared 300 soil samples for carbon analysis and re-wrote the laboratory's safety sheet.
            """),
            RoleKind.INTERNSHIP,
        ),
    ),
    skills=(
        SkillGroup("Data", ("R", "Python", "QGIS", "Excel")),
        SkillGroup("Laboratory", ("Spectrophotometry", "Titration", "Soil sampling")),
        SkillGroup("Communication", ("Scientific writing", "Public speaking")),
    ),
    sections=(
        Section(
            "Projects",
            points("""
                - Shade Map (2026): open data on 9,400 street trees and summer temperatures, with three
                  friends.
                - Rain Garden (2024): planned and planted 120 m² on campus with a grant of $6,500.
            """),
        ),
        Section(
            "Activities",
            points("""
                - Peer mentor for 12 international first-year students, since 2024.
                - Captain of the university's cross-country team, 2025.
            """),
        ),
    ),
    languages=(
        Language("English", "fluent"),
        Language("isiZulu", "native"),
        Language("Sesotho", "native"),
        Language("Afrikaans", "basic"),
    ),
    key_skills=("R", "Python", "QGIS", "Spectrophotometry", "Scientific writing"),
)
