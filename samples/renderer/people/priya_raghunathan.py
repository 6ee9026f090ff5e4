"""Priya Raghunathan, registered nurse in Birmingham: a Word table with a second table inside."""

from samples.renderer.model import (
    Headings,
    Language,
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
    name="Priya Raghunathan",
    headline="Registered Nurse (Adult), Cardiology",
    email="priya.raghunathan@example.org",
    phone="0121 496 0735",
    phone_e164="+441214960735",
    address=("8 Marigold Terrace", "Birmingham B99 7QT"),
    city="Birmingham",
    country_code="GB",
    summary=prose("""
        Cardiac nurse with nine years on acute wards and in coronary care. Calm with very ill patients and
        their families, careful with medicines, and glad to teach. I am looking for a post as ward sister or
        clinical nurse specialist in heart failure.
    """),
    headings=Headings(
        summary="Personal statement", roles="Employment", studies="Education", skills="Clinical skills"
    ),
    roles=(
        Role(
            "Senior Staff Nurse, Coronary Care Unit",
            "Saltmarsh General Hospital",
            "Birmingham",
            "2021-09",
            None,
            points("""
                - Coordinate shifts of eight nurses for 14 monitored beds; act up for the ward manager.
                - Introduced a bedside handover sheet: missed medication doses fell from 4.2 % to 1.1 %.
                - Supervise six students a year and have signed off 19 preceptorships.
            """),
        ),
        Role(
            "Staff Nurse, Acute Medicine",
            "Kingsheath Royal Infirmary",
            "Coventry",
            "2017-10",
            "2021-08",
            points("""
                - Cared for up to eight acutely ill patients a shift on a 32-bed ward.
                - Link nurse for sepsis: antibiotics within the hour rose from 68 % to 93 % of cases.
                - Redeployed to intensive care for 11 months; trained 30 colleagues in prone positioning.
            """),
        ),
        Role(
            "Healthcare Assistant",
            "Rosebay House Nursing Home",
            "Solihull",
            "2013-06",
            "2014-08",
            points("""
                - Gave personal care to 24 residents, many with dementia; learned to listen before acting.
            """),
        ),
    ),
    studies=(
        Study(
            "BSc (Hons) Adult Nursing",
            "University of Wexmoor",
            "Wexmoor",
            "2014-09",
            "2017-08",
            "Upper second class honours; dissertation on early warning scores",
        ),
        Study(
            "A levels: Biology, Chemistry, English",
            "Harbury Lane Sixth Form College",
            "Solihull",
            None,
            "2013",
        ),
    ),
    skills=(
        SkillGroup("Advanced life support", ("instructor since 2024",)),
        SkillGroup("ECG interpretation", ("12-lead, arrhythmia monitoring",)),
        SkillGroup("IV therapy and cannulation", ("trainer for the ward",)),
        SkillGroup("Non-invasive ventilation", ("independent",)),
        SkillGroup("Electronic patient records", ("super user",)),
    ),
    sections=(
        Section(
            "Registration and training",
            (
                "Registered Nurse (Adult), PIN 00X0000E, since 2017; revalidation due September 2029",
                "Advanced Life Support (ALS), valid until May 2028",
                "Mentorship in Practice, University of Wexmoor, 2020",
            ),
        ),
    ),
    languages=(
        Language("English", "native"),
        Language("Tamil", "native"),
        Language("Hindi", "conversational (B1)"),
    ),
    key_skills=(
        "Advanced life support",
        "ECG interpretation",
        "IV therapy and cannulation",
        "Non-invasive ventilation",
    ),
)
