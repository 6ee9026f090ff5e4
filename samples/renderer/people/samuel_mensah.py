"""Samuel Kwabena Mensah, laboratory engineer in Hamburg: referees' contacts and sensitive data."""

from samples.renderer.model import (
    DateStyle,
    Headings,
    Language,
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
    name="Samuel Kwabena Mensah",
    headline="Biomedical Equipment Engineer",
    email="samuel.mensah@example.com",
    phone="+49 40 66969 274",
    phone_e164="+494066969274",
    address=("Kranichstieg 9", "22999 Hamburg", "Germany"),
    city="Hamburg",
    country_code="DE",
    date_style=DateStyle.NUMERIC,
    personal=(
        ("Date of birth", "7 September 1984"),
        ("Nationality", "Ghanaian"),
        ("Work permit", "EU Blue Card, valid until 31 March 2028"),
        ("Disability", "Severely disabled person's pass, degree of disability 50 (hearing)"),
    ),
    summary=prose("""
        Engineer for laboratory and hospital equipment with fifteen years of service, calibration and
        training. Machines I look after run; people I train need me less each month.
    """),
    headings=Headings(
        summary="Profile", roles="Employment", studies="Education", skills="Skills", personal="Personal"
    ),
    roles=(
        Role(
            "Biomedical Equipment Engineer",
            "Alsterwerder Diagnostik GmbH",
            "Hamburg, Germany",
            "2019-11",
            None,
            points("""
                - Maintain 640 devices in 12 laboratories; availability rose from 96.1 % to 99.4 %.
                - Wrote calibration procedures that passed three ISO 15189 audits without a finding.
                - Trained 55 technicians; call-outs at night fell by 43 %.
            """),
        ),
        Role(
            "Field Service Engineer",
            "Brackwater Medical Systems",
            "Southampton, UK",
            "2014-03",
            "2019-09",
            points("""
                - Installed and repaired analysers and ventilators in 31 hospitals; 91 % mended at once.
                - Introduced a spare-parts pool worth £380,000 that halved waiting times.
            """),
        ),
        Role(
            "Laboratory Technician",
            "Volta Crest Clinic",
            "Accra, Ghana",
            "2010-02",
            "2012-07",
            points("""
                - Ran haematology and clinical chemistry for 180 patients a day.
            """),
        ),
    ),
    studies=(
        Study("MSc Biomedical Engineering", "University of Wexmoor", "Wexmoor, UK", "2012-09", "2014-01"),
        Study(
            "BSc Medical Laboratory Science", "Volta Highlands University", "Ho, Ghana", "2005-09", "2009-07"
        ),
    ),
    skills=(
        SkillGroup("Devices", ("Analysers", "Ventilators", "Centrifuges", "Autoclaves")),
        SkillGroup("Quality", ("Calibration", "ISO 15189", "ISO 13485", "Root cause analysis")),
        SkillGroup("Electronics", ("Fault finding", "Soldering", "LabVIEW")),
    ),
    sections=(
        Section(
            "Offices held",
            points("""
                - Shop steward, Allied Laboratory Workers' Union, since 2021.
                - Representative of disabled employees, Alsterwerder Diagnostik GmbH, since 2023.
            """),
        ),
        Section(
            "References",
            (
                "Dr. Hanne Voss, Head of Laboratory, Alsterwerder Diagnostik GmbH, "
                "hanne.voss@example.net, +49 40 66969 811",
                "Peter Ashcombe, Regional Service Lead, Brackwater Medical Systems, "
                "peter.ashcombe@example.org, +44 20 7946 0652",
            ),
            is_bulleted=False,
        ),
        Section(
            "Travel expenses",
            ("Please refund interview travel to IBAN DE89 3704 0044 0532 0130 00.",),
            is_bulleted=False,
        ),
    ),
    languages=(
        Language("English", "native"),
        Language("Twi", "native"),
        Language("German", "C1"),
    ),
    key_skills=("Calibration", "ISO 15189", "ISO 13485", "Fault finding", "LabVIEW"),
    pii=(
        PersonalDatum("date_of_birth", "7 September 1984"),
        PersonalDatum("nationality", "Ghanaian"),
        PersonalDatum("immigration_status", "EU Blue Card, valid until 31 March 2028"),
        PersonalDatum("health", "degree of disability 50"),
        PersonalDatum("trade_union", "Allied Laboratory Workers' Union"),
        PersonalDatum("bank_account", "DE89 3704 0044 0532 0130 00"),
        PersonalDatum("third_party_name", "Hanne Voss"),
        PersonalDatum("third_party_contact", "hanne.voss@example.net"),
        PersonalDatum("third_party_contact", "+49 40 66969 811"),
        PersonalDatum("third_party_name", "Peter Ashcombe"),
        PersonalDatum("third_party_contact", "peter.ashcombe@example.org"),
        PersonalDatum("third_party_contact", "+44 20 7946 0652"),
    ),
)
