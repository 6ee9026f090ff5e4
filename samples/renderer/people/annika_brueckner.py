"""Annika Brückner, Bilanzbuchhalterin in Köln: a German Lebenslauf with all it customarily discloses."""

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
    language="de",
    name="Annika Brückner",
    headline="Bilanzbuchhalterin (IHK)",
    email="annika.brueckner@example.org",
    phone="0221 4710 358",
    phone_e164="+492214710358",
    address=("Weidenkätzchenweg 14", "50999 Köln"),
    city="Köln",
    country_code="DE",
    links=(Link("xing", "XING-Profil", "https://www.xing.com/profile/Annika_Brueckner_Example"),),
    date_style=DateStyle.GERMAN,
    personal=(
        ("Geburtsdatum", "14.03.1988"),
        ("Geburtsort", "Siegen"),
        ("Familienstand", "verheiratet, zwei Kinder"),
        ("Staatsangehörigkeit", "deutsch"),
        ("Konfession", "evangelisch"),
    ),
    summary=prose("""
        Bilanzbuchhalterin mit sechzehn Jahren Erfahrung in Industrie, Handel und Steuerkanzlei. Abschlüsse
        nach HGB liefere ich termingerecht und prüfungssicher; am liebsten dort, wo Abläufe noch auf Papier
        stehen und es nicht bleiben sollen.
    """),
    headings=Headings(
        summary="Kurzprofil",
        roles="Berufserfahrung",
        studies="Ausbildung und Weiterbildung",
        skills="Kenntnisse",
        languages="Sprachen",
        contact="Kontakt",
        personal="Persönliche Daten",
    ),
    roles=(
        Role(
            "Bilanzbuchhalterin",
            "Morgenthal Verpackungen GmbH",
            "Köln",
            "2019-04",
            None,
            points("""
                - Monats-, Quartals- und Jahresabschlüsse nach HGB für drei Gesellschaften (62 Mio. €)
                - Abschlussdauer von 15 auf 6 Arbeitstage verkürzt, Prüfungskosten um 12 % gesenkt
                - Einführung von SAP S/4HANA Finance als Key-Userin, Schulung von 18 Beschäftigten
                - Fachliche Leitung eines Teams von vier Mitarbeitenden
            """),
        ),
        Role(
            "Finanzbuchhalterin",
            "Steuerkanzlei Lindhorst & Partner",
            "Bonn",
            "2014-08",
            "2019-03",
            points("""
                - Finanzbuchhaltung mit DATEV für 35 Mandanten aus Handwerk und Handel
                - Umsatzsteuervoranmeldungen, Lohnabrechnung für 120 Beschäftigte
                - Umstellung von 22 Mandanten auf den digitalen Belegaustausch
                - davon 06/2016 bis 05/2017 Elternzeit
            """),
        ),
        Role(
            "Buchhalterin",
            "Autohaus Wellbrock & Söhne GmbH",
            "Siegen",
            "2010-07",
            "2014-07",
            points("""
                - Debitoren- und Kreditorenbuchhaltung mit rund 1.400 Belegen im Monat
                - Mahnwesen neu geordnet: offene Posten über 60 Tage um 45 % verringert
            """),
        ),
    ),
    studies=(
        Study(
            "Fortbildung zur Bilanzbuchhalterin (IHK)",
            "Rheinische Abendakademie",
            "Köln",
            "2017-09",
            "2019-02",
            "Note 1,7",
        ),
        Study(
            "Ausbildung zur Steuerfachangestellten",
            "Kanzlei Hagedorn-Velten",
            "Siegen",
            "2007-08",
            "2010-06",
            "Abschlussnote gut (2,1)",
        ),
        Study("Fachabitur", "Berufskolleg Haardter Höhe", "Siegen", "2005-08", "2007-06"),
    ),
    skills=(
        SkillGroup("Fachkenntnisse", ("HGB-Abschlüsse", "Umsatzsteuerrecht", "Anlagenbuchhaltung")),
        SkillGroup("EDV", ("SAP S/4HANA", "DATEV", "MS Excel", "Power Query")),
        SkillGroup("Führerschein", ("Klasse B",)),
    ),
    sections=(Section("Interessen", ("Chorgesang, Langstreckenlauf",), is_bulleted=False),),
    languages=(
        Language("Deutsch", "Muttersprache"),
        Language("Englisch", "verhandlungssicher (C1)"),
        Language("Niederländisch", "gut (B1)"),
    ),
    key_skills=("HGB-Abschlüsse", "SAP S/4HANA", "DATEV", "Anlagenbuchhaltung", "MS Excel"),
    pii=(
        PersonalDatum("date_of_birth", "14.03.1988"),
        PersonalDatum("place_of_birth", "Siegen"),
        PersonalDatum("marital_status", "verheiratet"),
        PersonalDatum("family_status", "zwei Kinder"),
        PersonalDatum("nationality", "deutsch"),
        PersonalDatum("religion", "evangelisch"),
    ),
)
