"""Mateus Carvalho, product designer in Toronto: Markdown."""

from samples.renderer.model import (
    Headings,
    Language,
    Link,
    Person,
    Role,
    Section,
    SkillGroup,
    Study,
    points,
    prose,
)

PERSON = Person(
    language="en",
    name="Mateus Carvalho",
    headline="Lead Product Designer",
    email="mateus.carvalho@example.net",
    phone="+1 416-555-0132",
    phone_e164="+14165550132",
    address=("902 - 77 Chandler's Wharf", "Toronto, ON"),
    city="Toronto",
    country_code="CA",
    links=(
        Link("portfolio", "Portfolio", "https://mateus-carvalho.example.com"),
        Link("linkedin", "LinkedIn", "https://www.linkedin.com/in/mateus-carvalho-example"),
        Link("github", "GitHub", "https://github.com/mateus-carvalho-example"),
    ),
    summary=prose("""
        Designer for products that people use when they are worried: banking, health, public services. I
        research first, draw late, and measure whether it helped. Equally at home with a prototype in Figma,
        a design system in code and a workshop with forty people.
    """),
    headings=Headings(summary="About", roles="Experience", studies="Education", skills="Skills and tools"),
    roles=(
        Role(
            "Lead Product Designer",
            "Maplewick Credit Union",
            "Toronto, ON",
            "2022-06",
            None,
            points("""
                - Redesigned the mortgage application; completion rose from 41 % to 67 % and calls to
                  support fell by a third.
                - Built a design system of 84 components with accessibility to WCAG 2.2 AA, used by 11
                  teams.
                - Manage six designers and two researchers; all of them stayed in 2024 and 2025.
            """),
        ),
        Role(
            "Senior UX Designer",
            "Kitebridge Health Software",
            "Ottawa, ON",
            "2018-11",
            "2022-05",
            points("""
                - Led research with 160 patients and nurses for an appointment service in 9 hospitals.
                - Shortened booking from 7 steps to 3; no-shows went down by 22 %.
                - Introduced weekly usability tests: 310 sessions in three years.
            """),
        ),
        Role(
            "UX Designer",
            "Estúdio Andorinha Azul",
            "Porto Alegre, Brazil",
            "2015-02",
            "2018-08",
            points("""
                - Designed mobile applications for 17 clients in retail and education.
                - Won a national award for a reading app used in 1,200 public schools.
            """),
        ),
    ),
    studies=(
        Study(
            "Bachelor of Design",
            "Universidade do Vale Sereno",
            "Porto Alegre, Brazil",
            "2010-03",
            "2014-12",
            "Final project with distinction",
        ),
    ),
    skills=(
        SkillGroup("Research", ("User interviews", "Usability testing", "Survey design")),
        SkillGroup("Design", ("Interaction design", "Design systems", "Accessibility", "Prototyping")),
        SkillGroup("Tools", ("Figma", "Storybook", "HTML", "CSS", "JavaScript")),
    ),
    sections=(
        Section(
            "Volunteering",
            ("Mentor for newcomers in design, Harbour Newcomers' Circle, since 2023: 14 mentees, 11 hired",),
        ),
    ),
    languages=(Language("Portuguese", "native"), Language("English", "C2"), Language("French", "B1")),
    key_skills=("Figma", "Design systems", "Usability testing", "Accessibility", "Prototyping"),
)
