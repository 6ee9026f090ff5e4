"""Łukasz Żurowicz, electrician in Sheffield: an RTF file from Word on a Polish Windows."""

from samples.renderer.model import (
    DateStyle,
    Headings,
    Language,
    Link,
    Person,
    PersonalDatum,
    Role,
    Section,
    SkillGroup,
    Study,
    points,
    prose,
)

PERSON = Person(
    language="en",
    name="Łukasz Żurowicz",
    headline="Approved Electrician and Site Supervisor",
    email="lukasz.zurowicz@example.org",
    phone="0114 496 0273",
    phone_e164="+441144960273",
    address=("27 Copperbeech Close", "Sheffield S99 7QX"),
    city="Sheffield",
    country_code="GB",
    links=(Link("linkedin", "LinkedIn", "https://www.linkedin.com/in/lukasz-zurowicz-example"),),
    date_style=DateStyle.LONG,
    summary=prose("""
        Electrician with eighteen years in steelworks, hospitals and homes, the last six as supervisor of
        crews of up to nine. I plan shut\u00addowns so that nobody waits, test what I install, and leave
        switch\u00adrooms tidier than I found them. Trained in Poland, fully re\u2011qualified in Britain.
    """),
    headings=Headings(
        summary="Profile",
        roles="Employment History",
        studies="Education and Training",
        skills="Skills",
        languages="Languages",
    ),
    roles=(
        Role(
            "Electrical Supervisor",
            "Calder & Rooke Electrical Ltd",
            "Sheffield",
            "2020-03",
            None,
            points("""
                - Run 11 kV and low\u2011voltage works for three hospitals with nine people; no
                  lost\u2011time accident in 410,000 hours.
                - Replaced 46 distribution boards in wards that stayed open; every shut\u00addown ended on
                  time.
                - Brought test failures at first inspection down from 8.4 % to 1.9 % with a
                  two\u2011person check.
            """),
        ),
        Role(
            "Approved Electrician",
            "Hallam Vale Building Services Ltd",
            "Sheffield",
            "2015-07",
            "2020-02",
            points("""
                - Wired 230 flats and two schools, from 1.5 mm² lighting circuits to 240 mm² risers.
                - Found and cleared earth faults above 0.8 Ω in a 1960s tower block while 96 families lived
                  in it.
                - Installed 118 car charging points and trained four apprentices; all four qualified.
            """),
        ),
        Role(
            "Industrial Electrician",
            "Walcownia Żelazny Bór S.A.",
            "Dąbrowa Górnicza, Poland",
            "2010-09",
            "2015-03",
            points("""
                - Kept the drives of a rolling mill running, on call one week in four; unplanned stops fell by
                  37 %.
                - Rebuilt the crane controls of hall „Północ” with Siemens S7\u2011300 controllers.
            """),
        ),
        Role(
            "Electrical Fitter",
            "Zakład Elektryczny Piątkiewicz i Syn",
            "Będzin, Poland",
            "2008-07",
            "2010-08",
            points("""
                - Fitted switch\u00adgear and cable trays in 14 workshops, a bakery and a swimming pool.
            """),
        ),
    ),
    studies=(
        Study(
            "NVQ Level 3 Diploma in Electrical Installation",
            "Rivelin Edge College",
            "Sheffield",
            "2015-09",
            "2016-07",
        ),
        Study(
            "Diploma of electrical technician (technik elektryk)",
            "Zespół Szkół Technicznych im. Świętej Łucji",
            "Będzin, Poland",
            "2004-09",
            "2008-06",
        ),
    ),
    skills=(
        SkillGroup("Installation", ("Containment", "Switchgear", "Three-phase motors", "EV charging")),
        SkillGroup("Testing", ("Inspection and testing", "Fault finding", "Thermal imaging")),
        SkillGroup("Controls", ("Siemens S7", "KNX", "AutoCAD Electrical")),
        SkillGroup("On site", ("Method statements", "Permit to work", "Apprentice training")),
    ),
    sections=(
        Section(
            "Certificates",
            (
                "ECS Gold Card\tOctober 2028",
                "18th Edition Wiring Regulations, BS 7671\tJune 2022",
                "IPAF 3a and 3b, mobile platforms\tMay 2027",
                "Świadectwo SEP, group 1, up to 1 kV\tMarch 2029",
            ),
        ),
        Section(
            "Volunteering",
            (
                "Przemyśl, March and April 2022: wired heaters and generators at a reception centre for "
                "refugees, and wrote its safety leaflet in three languages, „Безпечний генератор” in "
                "Ukrainian.",
            ),
            is_bulleted=False,
        ),
        Section(
            "Additional information",
            ("Full driving licence (B, C1). Settled status. Notice period: one month.",),
            is_bulleted=False,
        ),
    ),
    languages=(
        Language("Polish", "native"),
        Language("English", "fluent, C1"),
        Language("Ukrainian", "basic, A2"),
    ),
    key_skills=("Inspection and testing", "Fault finding", "Three-phase motors", "Siemens S7", "Switchgear"),
    pii=(PersonalDatum("immigration_status", "Settled status"),),
)
