"""Lucía Marrero Colón, civil engineer in San Juan: a Spanish CV as a plain Word document.

She lives in Puerto Rico because Spain reserves no telephone numbers for fiction, while the North
American plan does, Puerto Rico's 787 included.
"""

from samples.renderer.model import (
    DateStyle,
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
    language="es",
    name="Lucía Marrero Colón",
    headline="Ingeniera civil",
    email="lucia.marrero@example.com",
    phone="+1 787-555-0142",
    phone_e164="+17875550142",
    address=("Calle Flor de Maga 58", "San Juan, PR 00999"),
    city="San Juan",
    country_code="PR",
    links=(Link("linkedin", "LinkedIn", "https://www.linkedin.com/in/lucia-marrero-example"),),
    date_style=DateStyle.SPANISH,
    summary=prose("""
        Ingeniera civil con doce años de experiencia en puentes, carreteras y obras hidráulicas. He dirigido
        proyectos de hasta 27 millones de dólares y me gusta explicar un plano tanto al ministerio como a la
        cuadrilla que lo construye.
    """),
    headings=Headings(
        summary="Perfil profesional",
        roles="Experiencia laboral",
        studies="Formación académica",
        skills="Competencias",
        languages="Idiomas",
        contact="Contacto",
        personal="Datos personales",
    ),
    roles=(
        Role(
            "Ingeniera de proyectos sénior",
            "Constructora Bahía Clara",
            "San Juan, Puerto Rico",
            "2020-01",
            None,
            points("""
                - Dirijo la construcción de cuatro puentes por un total de 27 millones de dólares, con un
                  equipo de nueve ingenieros y 130 obreros.
                - Reduje los retrasos medios de 11 a 3 semanas con planificación semanal en obra.
                - Implanté el modelado BIM en todos los proyectos; las modificaciones en obra bajaron un 35
                  %.
            """),
        ),
        Role(
            "Ingeniera civil",
            "Vialonga Infraestructuras",
            "Ponce, Puerto Rico",
            "2016-07",
            "2019-12",
            points("""
                - Coordiné la reparación de 86 kilómetros de carretera después del huracán, terminada dos
                  meses antes de plazo.
                - Calculé y supervisé 14 obras de drenaje para 22 000 habitantes.
            """),
        ),
        Role(
            "Ingeniera júnior",
            "Oficina Técnica Sierra & Palma",
            "Mayagüez, Puerto Rico",
            "2014-08",
            "2016-06",
            points("""
                - Elaboré mediciones y presupuestos de 40 proyectos municipales con AutoCAD Civil 3D.
            """),
        ),
    ),
    studies=(
        Study(
            "Máster en Ingeniería de Estructuras",
            "Universidad del Mar Caribe Oriental",
            "San Juan",
            "2016-09",
            "2018-06",
            "Nota media: 3,9 de 4",
        ),
        Study(
            "Licenciatura en Ingeniería Civil",
            "Universidad Politécnica de las Lomas",
            "Mayagüez",
            "2009-08",
            "2014-06",
        ),
    ),
    skills=(
        SkillGroup("Técnicas", ("AutoCAD Civil 3D", "Revit", "BIM", "SAP2000")),
        SkillGroup("Gestión", ("Dirección de obra", "Presupuestos", "Seguridad laboral")),
    ),
    sections=(
        Section(
            "Certificaciones",
            (
                "Ingeniera licenciada (PE), licencia n.º 00000, 2019",
                "Project Management Professional (PMP), 2021",
            ),
        ),
        Section(
            "Disponibilidad",
            ("Preaviso de dos meses; dispuesta a trasladarme dentro del Caribe.",),
            is_bulleted=False,
        ),
    ),
    languages=(
        Language("Español", "lengua materna"),
        Language("Inglés", "avanzado (C1)"),
        Language("Portugués", "intermedio (B1)"),
    ),
    key_skills=("AutoCAD Civil 3D", "Revit", "BIM", "Dirección de obra", "Presupuestos"),
)
