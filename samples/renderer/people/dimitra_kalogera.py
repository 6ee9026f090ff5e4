"""Dimitra Kalogera, museum registrar in Lyon: a French CV from LibreOffice, with some Greek."""

from samples.renderer.model import (
    DateStyle,
    Headings,
    Language,
    Link,
    Person,
    PersonalDatum,
    Role,
    RoleKind,
    Section,
    SkillGroup,
    Study,
    points,
    prose,
)

PERSON = Person(
    language="fr",
    name="Dimitra Kalogera",
    headline="Responsable de la régie des collections",
    email="dimitra.kalogera@example.net",
    phone="04 65 71 28 36",
    phone_e164="+33465712836",
    address=("14 rue des Navettes", "69099 Lyon"),
    city="Lyon",
    country_code="FR",
    links=(
        Link("linkedin", "Profil LinkedIn", "https://www.linkedin.com/in/dimitra-kalogera-example"),
        Link("portfolio", "Expositions en images", "https://kalogera.example.org/expositions"),
    ),
    date_style=DateStyle.FRENCH,
    personal=(
        ("Date de naissance", "12 mars 1988"),
        ("Nationalité", "grecque"),
        ("En grec", "Δήμητρα Καλογερά"),
    ),
    summary=prose("""
        Treize ans au service des œuvres : inventaire, conservation préventive, prêts et transports. J’ai fait
        voyager 2 300 objets dans onze pays sans un sinistre, et je forme les équipes pour que cela continue.
    """),
    headings=Headings(
        summary="Profil",
        roles="Expérience professionnelle",
        studies="Formation",
        skills="Compétences",
        languages="Langues",
        contact="Coordonnées",
        personal="État civil",
    ),
    roles=(
        Role(
            "Responsable de la régie",
            "Musée des Soieries du Levant",
            "Lyon",
            "2021-04",
            None,
            points("""
                - Pilote la régie de 41 000 textiles et objets avec une équipe de six personnes et un budget
                  de 380 000 € par an.
                - A organisé le récolement décennal : 97 % des objets retrouvés, photographiés et
                  géo\u00adlocalisés en trois ans.
                - Négocie une soixantaine de prêts par an ; délai moyen de réponse ramené de 9 à 4 semaines.
            """),
        ),
        Role(
            "Chargée de conservation préventive",
            "Centre de conservation du Val d’Ainan",
            "Grenoble",
            "2016-09",
            "2021-03",
            points("""
                - Suivi climatique de 18 réserves : alertes hors norme divisées par cinq grâce à 120 capteurs.
                - A rédigé le plan de sauvegarde des biens culturels, éprouvé par deux exercices de nuit.
                - Formation de 140 agents à la mani\u00adpu\u00adlation et au conditionnement des œuvres.
            """),
        ),
        Role(
            "Assistante de conservation",
            "Fondation Malaval des Calanques",
            "Marseille",
            "2013-02",
            "2015-12",
            points("""
                - Inventaire informatisé de 6 700 céramiques et dossiers de douze expositions temporaires.
            """),
        ),
        Role(
            "Stagiaire en inventaire",
            "Institut de la Mosaïque d’Argyropolis",
            "Thessalonique",
            "2012-03",
            "2012-08",
            points("""
                - Marquage et photographie de 900 fragments antiques.
            """),
            RoleKind.INTERNSHIP,
        ),
    ),
    studies=(
        Study(
            "Master de muséologie et conservation préventive",
            "Université des Trois Rivages",
            "Lyon",
            "2010-09",
            "2012-06",
            "mention très bien",
        ),
        Study(
            "Licence d’histoire et d’archéologie",
            "Université égéenne de Kalamaria",
            "Thessalonique, Grèce",
            "2006-10",
            "2010-06",
            "Πτυχίο Ιστορίας και Αρχαιολογίας",
        ),
    ),
    skills=(
        SkillGroup("Collections", ("Récolement", "Inventaire", "Constats d’état", "Marquage")),
        SkillGroup("Conservation", ("Conservation préventive", "Suivi climatique", "Plan de sauvegarde")),
        SkillGroup("Mouvements", ("Gestion des prêts", "Convoiement", "Assurance des œuvres")),
        SkillGroup("Outils", ("TMS Collections", "Micromusée", "LibreOffice", "QGIS")),
    ),
    sections=(
        Section(
            "Publications",
            (
                "« Τα υφάσματα ταξιδεύουν » (Les textiles voyagent), Actes des Réserves ouvertes, 2024",
                "« Mesurer sans déranger : capteurs et réserves », Cahiers de la régie, n° 12, 2019",
            ),
        ),
    ),
    languages=(
        Language("Grec", "langue maternelle"),
        Language("Français", "courant (C2)"),
        Language("Anglais", "courant (C1)"),
        Language("Italien", "notions (A2)"),
    ),
    key_skills=(
        "Récolement",
        "Conservation préventive",
        "Gestion des prêts",
        "Suivi climatique",
        "TMS Collections",
    ),
    pii=(
        PersonalDatum("date_of_birth", "12 mars 1988"),
        PersonalDatum("nationality", "grecque"),
    ),
)
