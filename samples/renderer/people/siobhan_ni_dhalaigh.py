"""Siobhán Ní Dhálaigh, head chef in Belfast, between two posts: plain text with accents."""

from samples.renderer.model import (
    DateStyle,
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
    name="Siobhán Ní Dhálaigh",
    headline="Head Chef",
    email="siobhan.nidhalaigh@example.com",
    phone="028 9649 6417",
    phone_e164="+442896496417",
    address=("15 Lamplighter Row", "Belfast BT99 3PL"),
    city="Belfast",
    country_code="GB",
    date_style=DateStyle.LONG,
    summary=prose("""
        Head chef with sixteen years in kitchens in Ireland, Zürich and Lyon. I cook with what grows within
        forty miles, keep food cost under 28 per cent and have never lost a hygiene rating below five. My
        last restaurant closed in August 2026 when the lease ended; I am free to start at once.
    """),
    headings=Headings(
        summary="Summary", roles="Work History", studies="Training", skills="Skills", languages="Languages"
    ),
    roles=(
        Role(
            "Head Chef",
            "The Lough Table",
            "Belfast",
            "2019-03",
            "2026-08",
            points("""
                - Led a brigade of 14 in a 90-cover restaurant; turnover grew from £1.1m to £1.9m.
                - Brought food cost down from 34 to 27.5 per cent by whole-animal buying and seasonal menus.
                - Kept a hygiene rating of 5 through nine inspections in a row.
                - Started an apprenticeship with two local schools: eight young cooks qualified.
            """),
        ),
        Role(
            "Sous Chef",
            "L'Étoile de la Saône",
            "Lyon, France",
            "2015-06",
            "2019-01",
            points("""
                - Ran the pass for 70 covers a night and wrote the fish menu.
                - Reorganised ordering with 22 growers; waste fell by 31 per cent in one year.
            """),
        ),
        Role(
            "Chef de Partie",
            "Gasthaus Grünauer Hof",
            "Zürich, Switzerland",
            "2012-04",
            "2015-05",
            points("""
                - Responsible for sauces and game with three cooks; up to 240 guests at weddings.
            """),
        ),
        Role(
            "Commis Chef",
            "Carrowkeel House Hotel",
            "Sligo, Ireland",
            "2010-01",
            "2012-02",
            points("""
                - Worked every section within two years; employee of the year 2011.
            """),
        ),
    ),
    studies=(
        Study("Higher Certificate in Culinary Arts", "Westport Quay College", "Galway", "2007-09", "2009-12"),
        Study("Level 4 Award in Managing Food Safety", "Ulster Kitchen Guild", "Belfast", None, "2020"),
    ),
    skills=(
        SkillGroup("Kitchen", ("Menu planning", "Butchery", "Pâtisserie", "Preserving and fermentation")),
        SkillGroup("Business", ("Food cost control", "Rota planning", "Supplier negotiation")),
        SkillGroup("Safety", ("HACCP", "Allergen management", "First aid")),
    ),
    sections=(
        Section(
            "Recognition",
            (
                "Regional Table of the Year, Northern Larder Guide, 2023",
                "Guest judge, Young Cook Ulster, 2022 to 2025",
            ),
        ),
    ),
    languages=(
        Language("English", "native"),
        Language("Irish", "native"),
        Language("French", "fluent (C1)"),
        Language("German", "intermediate (B1)"),
    ),
    key_skills=("Menu planning", "Food cost control", "HACCP", "Allergen management", "Butchery"),
)
