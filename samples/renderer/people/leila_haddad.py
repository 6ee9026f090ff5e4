"""Leila Haddad, key account manager in Chicago: a web page with entities, style and script."""

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
    name="Leïla Haddad",
    headline="Senior Key Account Manager",
    email="leila.haddad@example.com",
    phone="(312) 555-0186",
    phone_e164="+13125550186",
    address=("2207 W Thistledown St, Apt 4B", "Chicago, IL 60699"),
    city="Chicago",
    country_code="US",
    links=(Link("linkedin", "LinkedIn profile", "https://www.linkedin.com/in/leila-haddad-example"),),
    summary=prose("""
        Account manager with twelve years of business-to-business sales in packaging, hardware & office
        supplies. I keep customers for a long time: of the 31 accounts I was given in 2020, 29 still buy,
        and they buy 46 % more.
    """),
    headings=Headings(
        summary="Summary", roles="Professional Experience", studies="Education", skills="Skills & Tools"
    ),
    roles=(
        Role(
            "Senior Key Account Manager",
            "Nordlake Packaging",
            "Chicago, IL",
            "2020-08",
            None,
            points("""
                - Grew a portfolio of food & beverage customers from $11.8M to $17.3M in annual revenue.
                - Negotiated four multi-year contracts worth more than $2M each; margin > 24 %.
                - Renewal rate of 94 % for five years; best of 16 in the region in 2022 & 2024.
                - Train new colleagues in negotiation and forecasting.
            """),
        ),
        Role(
            "Account Executive",
            "Ferrous & Bloom Hardware Supply",
            "Milwaukee, WI",
            "2017-02",
            "2020-07",
            points("""
                - Opened 64 new accounts in three states and reached 118 % of quota on average.
                - Brought the sales cycle down from 74 to 48 days with a structured discovery call.
            """),
        ),
        Role(
            "Inside Sales Representative",
            "Quillmark Office Products",
            "Milwaukee, WI",
            "2014-06",
            "2017-01",
            points("""
                - Handled 60 calls a day, sold $1.3M a year by telephone & e-mail.
                - Wrote the team's playbook; new hires became productive in 5 weeks instead of 9.
            """),
        ),
    ),
    studies=(
        Study(
            "Bachelor of Business Administration, Marketing",
            "Lakeshore Prairie University",
            "Milwaukee, WI",
            "2010-08",
            "2014-05",
            "cum laude",
        ),
    ),
    skills=(
        SkillGroup("Sales", ("Key account management", "Contract negotiation", "Sales forecasting")),
        SkillGroup("Tools", ("Salesforce", "HubSpot", "Power BI", "Excel")),
        SkillGroup("Strengths", ("Cross-cultural communication", "Coaching")),
    ),
    sections=(
        Section("Certifications", ("Certified Strategic Account Manager, Midwest Sales Institute, 2021",)),
    ),
    languages=(
        Language("English", "native"),
        Language("Arabic", "native"),
        Language("French", "professional working proficiency"),
    ),
    key_skills=(
        "Key account management",
        "Contract negotiation",
        "Sales forecasting",
        "Salesforce",
        "Power BI",
    ),
)
