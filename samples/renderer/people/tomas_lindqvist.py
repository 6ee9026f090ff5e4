"""Tomas Lindqvist, site manager in Leeds: contacts in a text box, e-mail only in the page header."""

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
    name="Tomas Lindqvist",
    headline="Site Manager, carpenter by trade",
    email="t.lindqvist@example.net",
    phone="0113 496 0281",
    phone_e164="+441134960281",
    address=("Ropewalk Cottage, 3 Tanner's Yard", "Leeds LS99 5ND"),
    city="Leeds",
    country_code="GB",
    links=(
        Link("linkedin", "my LinkedIn page", "https://www.linkedin.com/in/tomas-lindqvist-example"),
        Link("portfolio", "photographs of finished buildings", "https://lindqvist-timber.example.com/work"),
    ),
    summary=prose("""
        I came to Yorkshire with a box of chisels and now run sites of up to £14 million. Twenty years in
        timber frame, restoration and housing have taught me that safety, tidiness and programme are the
        same thing seen from three sides.
    """),
    headings=Headings(
        summary="Personal Profile",
        roles="Employment History",
        studies="Education and Training",
        skills="Key Skills",
    ),
    roles=(
        Role(
            "Site Manager",
            "Harrow Beck Construction",
            "Leeds",
            "2019-05",
            None,
            points("""
                - Delivered 5 schemes with 312 homes in all, the largest worth £14.2 million; four of the
                  five handed over early.
                - Manage 12 direct staff and up to 85 subcontractors a day; 1.1 million hours without a
                  reportable accident.
                - Cut waste to landfill by 64 % through off-site cutting lists and a return scheme for
                  pallets.
            """),
        ),
        Role(
            "Assistant Site Manager",
            "Harrow Beck Construction",
            "York",
            "2016-02",
            "2019-04",
            points("""
                - Ran snagging and handover for 148 flats; defects per home fell from 23 to 9.
                - Introduced a tablet-based permit system for hot works, now used on all sites.
            """),
        ),
        Role(
            "Carpentry Foreman",
            "Nordvik Timber Frames",
            "Hull",
            "2009",
            "2015",
            points("""
                - Led a gang of nine on 70 timber-frame houses and two schools.
                - Trained eleven apprentices; ten qualified, and six still work in the trade.
            """),
        ),
        Role(
            "Carpenter and Joiner",
            "Lowfield Restoration Joinery",
            "Whitby",
            "2004",
            "2008",
            points("""
                - Repaired sash windows, staircases and roofs in more than 40 listed buildings.
            """),
        ),
    ),
    studies=(
        Study(
            "NVQ Level 6 Diploma in Construction Site Management",
            "Airedale Craft College",
            "Leeds",
            None,
            "2018",
        ),
        Study(
            "Journeyman's certificate in carpentry",
            "Norrvik Vocational School",
            "Norrvik, Sweden",
            "2001",
            "2004",
        ),
    ),
    skills=(
        SkillGroup("Management", ("Programme planning", "Cost control", "Subcontractor management")),
        SkillGroup("Building", ("Timber frame", "Roofing", "Listed building repair")),
        SkillGroup("Tools", ("AutoCAD", "MS Project", "Total station")),
    ),
    sections=(
        Section(
            "Certificates",
            (
                "Site Management Safety Training Scheme (SMSTS), valid until March 2029",
                "First Aid at Work, valid until October 2027",
                "Scaffold inspection, 2022",
            ),
        ),
        Section("Availability", ("Notice period three months. Full driving licence.",), is_bulleted=False),
    ),
    languages=(
        Language("Swedish", "native"),
        Language("English", "fluent (C2)"),
        Language("Polish", "basic (A2)"),
    ),
    key_skills=("Programme planning", "Cost control", "Timber frame", "AutoCAD", "MS Project"),
)
