"""Margaret Okonkwo, finance director in London: two pages, overlapping roles and a year's gap."""

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
    name="Margaret A. Okonkwo",
    headline="Chartered Accountant and Chief Financial Officer",
    email="margaret.okonkwo@example.org",
    phone="+44 20 7946 0318",
    phone_e164="+442079460318",
    address=("Flat 6, 41 Quillmaker Street", "London SE99 2XY"),
    city="London",
    country_code="GB",
    links=(Link("linkedin", "LinkedIn", "https://www.linkedin.com/in/margaret-okonkwo-example"),),
    summary=prose("""
        Chartered accountant with more than twenty years in practice, manufacturing, logistics and social
        housing. I have closed the books of groups with up to nineteen entities, raised £240 million of
        long-term funding and brought two organisations back from a qualified audit opinion. Boards value
        plain papers and early warnings; teams value that I teach.
    """),
    headings=Headings(
        summary="Professional Summary",
        roles="Professional Experience",
        studies="Education and Qualifications",
        skills="Core Competencies",
        languages="Languages",
    ),
    roles=(
        Role(
            "Chief Financial Officer",
            "Wrenfield Housing Group",
            "London",
            "2021-03",
            None,
            points("""
                - Lead finance, procurement and IT with 46 people for a group of 18,400 homes and £128
                  million turnover.
                - Raised £240 million through a sustainability-linked bond and two revolving facilities;
                  average cost of debt fell from 4.1 % to 3.3 %.
                - Rebuilt the thirty-year business plan and its stress tests; the regulator confirmed the
                  top grade for viability in 2023 and 2025.
                - Replaced three ledgers by one ERP within 14 months and 4 % under budget; month end now
                  takes five working days instead of twelve.
            """),
        ),
        Role(
            "Interim Finance Director",
            "Saltbridge Theatre Trust",
            "Bristol",
            "2020-02",
            "2020-12",
            points("""
                - Steered a charity with £9 million income through ten months without audiences; secured
                  £2.1 million of emergency grants and kept 87 of 94 jobs.
                - Built a thirteen-week cash forecast that trustees still use.
            """),
            RoleKind.CONTRACT,
        ),
        Role(
            "Independent Finance Consultant",
            "Self-employed",
            "London",
            "2017-10",
            "2021-02",
            points("""
                - Advised 23 charities and family firms on financial control, funding and the search for
                  finance leaders.
                - Cleared a qualified audit opinion for a school trust within one year: 61 findings closed.
                - Designed a course on reading accounts for non-financial trustees; 340 people have taken
                  it.
            """),
            RoleKind.FREELANCE,
        ),
        Role(
            "Group Financial Controller",
            "Aldermoor Instruments plc",
            "Reading",
            "2011-06",
            "2016-09",
            points("""
                - Responsible for group reporting of 19 entities in 8 countries under IFRS; turnover £310
                  million.
                - Led the finance side of two acquisitions (£22 million and £37 million) from due diligence
                  to integration.
                - Shortened group close from 15 to 7 working days and lowered audit fees by 18 %.
                - Managed a team of 14; three of them are finance directors today.
            """),
        ),
        Role(
            "Visiting Lecturer in Management Accounting (part-time)",
            "University of Northmere",
            "Northmere",
            "2012-09",
            "2015-06",
            points("""
                - Taught one evening module a term to classes of up to 55; student rating 4.7 of 5.
            """),
            RoleKind.CONTRACT,
        ),
        Role(
            "Finance Manager",
            "Calder & Finch Logistics",
            "Croydon",
            "2007-01",
            "2011-05",
            points("""
                - Introduced route-level profitability for 420 vehicles; unprofitable contracts fell from 23
                  % to 6 % of turnover.
                - Renegotiated fuel and leasing contracts and saved £1.4 million a year.
                - Trained depot managers in budgeting and ran quarterly reviews at 11 depots.
            """),
        ),
        Role(
            "Audit Senior",
            "Pemberton Rusk LLP",
            "London",
            "2004-10",
            "2006-12",
            points("""
                - Led audit teams of up to six on manufacturing and transport clients with £5 to 90 million
                  turnover.
                - Wrote the firm's guide to stock counts, used on 70 engagements a year.
            """),
        ),
        Role(
            "Audit Trainee",
            "Pemberton Rusk LLP",
            "London",
            "2001-09",
            "2004-09",
            points("""
                - Qualified at the first attempt in every paper; regional prize for taxation in 2003.
            """),
        ),
    ),
    skills=(
        SkillGroup("Reporting", ("IFRS", "UK GAAP", "Group consolidation", "Statutory audit")),
        SkillGroup("Treasury", ("Bond issues", "Loan covenants", "Cash flow forecasting")),
        SkillGroup("Leadership", ("Board reporting", "Change management", "Coaching")),
        SkillGroup("Systems", ("SAP S/4HANA", "Power BI", "Excel modelling")),
    ),
    studies=(
        Study("Fellow Chartered Accountant (FCA)", "Institute examinations", "London", None, "2004"),
        Study(
            "BA (Hons) Economics",
            "St Brannoc's College, University of Wexmoor",
            "Wexmoor",
            "1998-10",
            "2001-06",
            "Upper second class honours",
        ),
    ),
    sections=(
        Section(
            "Career Break",
            ("October 2016 to September 2017: full-time care for my mother after a stroke.",),
            is_bulleted=False,
        ),
        Section(
            "Board and Voluntary Work",
            points("""
                - Trustee and Treasurer, Lantern Street Food Bank, 2018 to present: 9,000 parcels a year,
                  reserves from two weeks to four months.
                - School governor, Quillmaker Primary School, 2009 to 2013: chaired the resources committee.
            """),
        ),
        Section(
            "Publications",
            points("""
                - “Thirty years in one spreadsheet: business plans of housing associations”, Wexmoor Review
                  of Public Finance, 2024.
                - “What trustees ask too late”, Charity Ledger, 2019.
            """),
        ),
    ),
    languages=(Language("English", "native"), Language("Igbo", "native"), Language("German", "working (B2)")),
    key_skills=("IFRS", "Group consolidation", "Cash flow forecasting", "Board reporting", "Power BI"),
)
