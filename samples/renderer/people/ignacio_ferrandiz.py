"""Ignacio Ferrándiz Ibáñez, teacher in Bristol: a Spanish text file in Windows' old encoding.

He lives in Bristol because Spain reserves no telephone numbers for fiction, while Ofcom does. His
identity number is the one that Spanish forms use as a specimen.
"""

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
    language="es",
    name="Ignacio Ferrándiz Ibáñez",
    headline="Profesor de Matemáticas",
    email="ignacio.ferrandiz@example.org",
    phone="+44 117 496 0563",
    phone_e164="+441174960563",
    address=("Flat 2, 19 Cloverleaf Hill", "Bristol BS99 8DA, Reino Unido"),
    city="Bristol",
    country_code="GB",
    date_style=DateStyle.NUMERIC,
    personal=(
        ("Fecha de nacimiento", "23/05/1986"),
        ("Nacionalidad", "española"),
        ("DNI", "00000000T"),
        ("Estado civil", "soltero"),
    ),
    summary=prose("""
        Profesor de Matemáticas de secundaria con quince años en el aula, en Valencia y en Bristol. Enseño a
        razonar antes que a calcular: «¿por qué?» es la pregunta que más se oye en mis clases. Vuelvo a
        España en enero de 2027 y busco un centro bilingüe.
    """),
    headings=Headings(
        summary="Perfil",
        roles="Experiencia profesional",
        studies="Formación",
        skills="Competencias",
        languages="Idiomas",
        contact="Contacto",
        personal="Datos personales",
    ),
    roles=(
        Role(
            "Profesor de Matemáticas",
            "Avonbrook Academy",
            "Bristol",
            "2018-09",
            "2026-07",
            points("""
                - Impartí clases a grupos de 11 a 18 años; el 78 % de mis alumnos superó la nota prevista.
                - Coordiné un departamento de siete docentes durante tres cursos.
                - Conseguí 12 000 € para un laboratorio de robótica que usan 240 alumnos al año.
            """),
        ),
        Role(
            "Profesor de secundaria",
            "IES Sierra Blanquilla",
            "Valencia",
            "2012-09",
            "2018-07",
            points("""
                - Introduje el aprendizaje por proyectos en 3.º y 4.º de ESO – suspensos: del 31 % al 14 %.
                - Tutor de 30 alumnos por curso y responsable de la Olimpiada Matemática del centro.
            """),
        ),
        Role(
            "Profesor de apoyo",
            "Academia Números Vivos",
            "Castellón",
            "2010-10",
            "2012-06",
            points("""
                - Preparé a 95 estudiantes para la selectividad; 88 aprobaron en la primera convocatoria.
            """),
        ),
    ),
    studies=(
        Study(
            "Máster en Profesorado de Educación Secundaria",
            "Universidad de Albarca",
            "Valencia",
            "2009-09",
            "2010-07",
            "Sobresaliente",
        ),
        Study("Licenciatura en Matemáticas", "Universidad de Albarca", "Valencia", "2004-09", "2009-06"),
    ),
    skills=(
        SkillGroup(
            "Docencia", ("Aprendizaje por proyectos", "Evaluación formativa", "Atención a la diversidad")
        ),
        SkillGroup("Herramientas", ("GeoGebra", "Moodle", "Python", "LaTeX")),
    ),
    sections=(
        Section(
            "Certificados",
            (
                "Qualified Teacher Status (QTS), 2019",
                "Primeros auxilios en el ámbito escolar, 2024",
            ),
        ),
    ),
    languages=(
        Language("Español", "lengua materna"),
        Language("Valenciano", "C1"),
        Language("Inglés", "C2"),
    ),
    key_skills=("GeoGebra", "Moodle", "Python", "Aprendizaje por proyectos", "Evaluación formativa"),
    pii=(
        PersonalDatum("date_of_birth", "23/05/1986"),
        PersonalDatum("nationality", "española"),
        PersonalDatum("national_id", "00000000T"),
        PersonalDatum("marital_status", "soltero"),
    ),
)
