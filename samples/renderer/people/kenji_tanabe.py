"""Kenji Tanabe, data engineer in Seattle; his contacts, skills and languages stand in a side bar."""

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
    name="Kenji Tanabe",
    headline="Data Engineer",
    email="kenji.tanabe@example.com",
    phone="(206) 555-0147",
    phone_e164="+12065550147",
    address=("4180 Fernwhistle Ave N", "Seattle, WA 98199"),
    city="Seattle",
    country_code="US",
    links=(
        Link("linkedin", "LinkedIn", "https://www.linkedin.com/in/kenji-tanabe-example"),
        Link("portfolio", "Portfolio", "https://kenji-tanabe.example.org"),
    ),
    summary=prose("""
        Data engineer with nine years of building pipelines that analysts trust. I turn scattered sources
        into documented, tested tables, and I make the cost of every query visible to the people who run it.
    """),
    headings=Headings(summary="About me", roles="Work experience", skills="Skills", studies="Education"),
    roles=(
        Role(
            "Lead Data Engineer",
            "Tidewrack Analytics",
            "Seattle, WA",
            "2022-05",
            None,
            points("""
                - Lead a team of five that runs 340 daily pipelines on Snowflake and Airflow with 99.8 % of
                  them on time.
                - Replaced nightly batches by streaming with Kafka and Spark; sales figures are 4 minutes
                  old instead of 14 hours.
                - Introduced dbt with 1,900 tests and lineage; data incidents reported by users fell by 71
                  %.
                - Renegotiated and tuned warehouse usage, saving $410,000 a year.
            """),
        ),
        Role(
            "Data Engineer",
            "Orchard Lane Health Plans",
            "Portland, OR",
            "2019-02",
            "2022-04",
            points("""
                - Built the claims lake for 2.3 million members under HIPAA, with row level access control.
                - Cut the monthly close of the actuarial data mart from 6 days to 9 hours.
                - Wrote a Python library for record matching that four departments adopted.
                - Moved 11 TB of history to AWS without a single day of missing reports.
            """),
        ),
        Role(
            "BI Developer",
            "Pinewhistle Outfitters",
            "Tacoma, WA",
            "2017-07",
            "2019-01",
            points("""
                - Consolidated 60 spreadsheets into 12 Tableau dashboards used by 45 stores.
                - Automated stock reports in SQL Server and Python, freeing 25 hours of clerical work a
                  week.
                - Taught SQL to 28 store managers in evening courses.
            """),
        ),
    ),
    skills=(
        SkillGroup("Engineering", ("Python", "SQL", "Scala", "Apache Spark", "Kafka")),
        SkillGroup("Platforms", ("Snowflake", "Airflow", "dbt", "AWS Glue", "Terraform")),
        SkillGroup("Analytics", ("Tableau", "Dimensional modeling", "Data quality")),
    ),
    studies=(
        Study(
            "M.S. Information Systems",
            "Cedar Sound University",
            "Seattle, WA",
            "2015-09",
            "2017-06",
            "GPA 3.8",
        ),
        Study("B.S. Statistics", "Larkfield University", "Boston, MA", "2011-09", "2015-05"),
    ),
    sections=(
        Section(
            "Talks",
            (
                "“Tables people trust”, Puget Data Evening, 2025",
                "“What a query costs”, Northwest Analytics Day, 2023",
            ),
        ),
    ),
    languages=(Language("English", "native"), Language("Japanese", "fluent"), Language("Spanish", "basic")),
    key_skills=("Python", "SQL", "Apache Spark", "Snowflake", "Airflow", "dbt"),
)
