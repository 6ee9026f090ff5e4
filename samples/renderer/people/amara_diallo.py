"""Amara Diallo, backend engineer in Manchester; her links show a label and hide the target."""

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
    name="Amara Diallo",
    headline="Senior Backend Engineer",
    email="amara.diallo@example.com",
    phone="0161 496 0142",
    phone_e164="+441614960142",
    address=("27 Lanternfield Road", "Manchester M99 4AB"),
    city="Manchester",
    country_code="GB",
    links=(
        Link("linkedin", "LinkedIn", "https://www.linkedin.com/in/amara-diallo-example"),
        Link("github", "GitHub", "https://github.com/amara-diallo-example"),
    ),
    summary=prose("""
        Backend engineer who builds services that stay up on the busiest day of the year. Eleven years with
        Python, Go and PostgreSQL, the last five in ticketing, where traffic grows a hundredfold within a
        minute. I care for clear interfaces, honest dashboards and colleagues who can sleep while on call.
    """),
    headings=Headings(summary="Profile", roles="Experience", skills="Technical Skills"),
    roles=(
        Role(
            "Senior Backend Engineer",
            "Copperline Ticketing",
            "Manchester, UK",
            "2021-04",
            None,
            points("""
                - Designed the queueing service behind festival sales: 1.2 million people served in 40
                  minutes without a lost order, p99 latency 180 ms.
                - Moved 14 services from virtual machines to Kubernetes and cut the hosting bill by 38 %.
                - Introduced contract tests between teams; incidents caused by releases fell from 11 to 2 a
                  quarter.
                - Mentor four engineers and lead the hiring panel for the platform group.
            """),
        ),
        Role(
            "Backend Engineer",
            "Brightmoor Parcels",
            "Salford, UK",
            "2018-01",
            "2021-03",
            points("""
                - Rebuilt parcel tracking in Go with Kafka and PostgreSQL; 9 million scans a day on a third
                  of the former hardware.
                - Wrote the address matcher that lowered undeliverable parcels by 17 % in its first year.
                - Set up distributed tracing with OpenTelemetry across 22 services.
            """),
        ),
        Role(
            "Software Developer",
            "Fennimore & Hale Digital",
            "Leeds, UK",
            "2015-09",
            "2017-12",
            points("""
                - Delivered Django applications for eight clients, among them a booking system for 60
                  libraries.
                - Raised automated test coverage from 20 % to 85 % and release frequency from monthly to
                  daily.
            """),
        ),
    ),
    skills=(
        SkillGroup("Languages", ("Python", "Go", "SQL", "TypeScript")),
        SkillGroup("Platforms", ("Kubernetes", "Docker", "Terraform", "AWS")),
        SkillGroup("Data", ("PostgreSQL", "Redis", "Apache Kafka")),
        SkillGroup("Practice", ("API design", "Observability", "Performance testing", "Mentoring")),
    ),
    studies=(
        Study(
            "BSc (Hons) Computer Science",
            "University of Northmere",
            "Northmere, UK",
            "2012-09",
            "2015-06",
            "First class honours",
        ),
    ),
    sections=(Section("Certifications", ("Certified Kubernetes Application Developer (2023)",)),),
    languages=(Language("English", "native"), Language("French", "fluent (C1)"), Language("Wolof", "native")),
    key_skills=("Python", "Go", "PostgreSQL", "Kubernetes", "Apache Kafka", "Terraform"),
)
