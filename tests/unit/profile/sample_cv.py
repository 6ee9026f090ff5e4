"""A fictional CV of two pages, and what a model would answer about it."""

from __future__ import annotations

from typing import Any

from shared_code.documents.model import DocumentText, Link, Page

PAGE_ONE = """\
IRIS  CALLOWAY
Engineering Manager | Leeds, United Kingdom
iris.calloway@example.com | 020 7946 0123 | linkedin.com/in/iris-calloway

SUMMARY
Platform engineer who leads small teams – reliable systems,
clear "run books", calm on-call.

EXPERIENCE
Northwind Logistics Ltd, Leeds
Engineering Manager, 04/2021 – present
• Led 8 engineers and cut cloud costs by 30% with Kubernetes and Terra-
form.
• Introduced Go services for routing.

Halden Software, York
Senior Developer, 2018-01 to 2021-03
• Built payment APIs in Python and PostgreSQL for 2,000 customers.
• Mentored two trainees.
"""
PAGE_TWO = """\
Halden Software, York
Developer, 06/2016 – 09/2017
• Wrote C++ and Python tools.

Brightwater Labs
Intern, 2015
• Tested JavaScript pages.

EDUCATION
MSc Computer Science, University of Redmoor, 2013 – 2015
PhD Distributed Systems, University of Redmoor, since 2022

SKILLS
Python, Go, C, C++, Kubernetes, Terraform, PostgreSQL, Negotiation

LANGUAGES
English (native), German (B2)

CERTIFICATIONS
Certified Cloud Architect, 2022
"""
TEXT = PAGE_ONE + PAGE_TWO


def role(
    title: str | None, employer: str | None, start: str | None, end: str | None, **more: Any
) -> dict[str, Any]:
    """A position as the model answers it."""
    return {
        "jobTitle": title,
        "employer": employer,
        "location": None,
        "startDate": start,
        "endDate": end,
        "isCurrent": False,
        "rawDates": None,
        "employmentType": "permanent",
        "highlights": [],
        **more,
    }


def skill(name: str, category: str = "technical", normalized: str | None = None) -> dict[str, Any]:
    """A key skill as the model answers it."""
    return {"name": name, "normalizedName": normalized or name, "category": category}


ANSWER: dict[str, Any] = {
    "isCv": True,
    "candidateProfile": {
        "candidateName": " Iris Calloway ",
        "jobTitle": "Engineering Manager",
        "candidateEmail": "Iris.Calloway@example.com",
        "candidatePhone": "+44 20 7946 0123",
        "totalExperienceYears": 20,
        "candidateLocation": {"city": "Leeds", "region": None, "countryCode": "gb"},
        "profileLinks": [
            {"kind": "portfolio", "url": "https://www.linkedin.com/in/iris-calloway/"},
            {"kind": "linkedin", "url": "linkedin.com/in/iris-calloway"},
            {"kind": "github", "url": "https://github.com/icalloway"},
        ],
        "professionalSummary": "Platform engineer who leads small teams - reliable systems, "
        "clear “run books”, calm on-call.",
        "currentEmployer": "Northwind",
        "seniorityLevel": "manager",
        "industrySectors": ["Logistics", "logistics "],
        "keySkills": [
            skill("Python"),
            skill("Go", normalized="Golang"),
            skill("C"),
            skill("C++"),
            skill("Kubernetes", "tool"),
            skill("Terraform", "tool"),
            skill("PostgreSQL", "tool"),
            skill("Negotiation", "soft"),
            skill("python"),
        ],
        "employmentHistory": [
            role("Intern", "Brightwater Labs", "2015", "2015", rawDates="2015", employmentType="internship",
                 highlights=["Tested JavaScript pages."]),
            role("Developer", "Halden Software", "2016-06", "2017-09", rawDates="06/2016 – 09/2017",
                 highlights=["Wrote C++ and Python tools."]),
            role("Engineering Manager", "Northwind Logistics Ltd", "2021-04", None, isCurrent=True,
                 rawDates="04/2021 - present",
                 highlights=["Led 8 engineers and cut cloud costs by 30% with Kubernetes and Terraform.",
                             "Introduced Go services for routing."]),
            role("Senior Developer", "Halden Software", "2018-01", "2021-03", rawDates="2018-01 to 2021-03",
                 location="York",
                 highlights=["Built payment APIs in Python and PostgreSQL for 2,000 customers.",
                             "Mentored two trainees."]),
            role("Senior Developer", "Halden Software ", "2018-01", "2021-03"),
        ],
        "educationHistory": [
            {"degree": "PhD", "fieldOfStudy": "Distributed Systems", "institution": "University of Redmoor",
             "location": None, "startDate": "2022", "endDate": None, "grade": None, "status": "inProgress"},
            {"degree": "MSc", "fieldOfStudy": "Computer Science", "institution": "University of Redmoor",
             "location": None, "startDate": "2013", "endDate": "2015", "grade": None, "status": "completed"},
        ],
        "highestEducation": "doctorate",
        "certifications": [
            {"name": "Certified Cloud Architect", "issuer": None, "date": "2022", "expiryDate": "soon"},
        ],
        "languageProficiencies": [
            {"language": "English", "code": "EN", "levelRaw": "native", "cefr": "native"},
            {"language": "German", "code": "de", "levelRaw": "B2", "cefr": "B2"},
        ],
        "workPreferences": {"availability": None, "noticePeriod": " ", "workAuthorization": None,
                            "willingToRelocate": None, "remote": None, "salaryExpectation": None},
    },
}  # fmt: skip


def one_page(text: str, *links: Link) -> DocumentText:
    """A document of one page."""
    return DocumentText(text, "text/plain", "test", (Page(1, 0, len(text)),), links)
