"""CVs in JSON and YAML, and whole CVs in one endless line."""

from __future__ import annotations

from tests.unit.cv_reader.unseen.model import Unseen

CVS = (
    Unseen(
        key="jsonresume raw",
        name="Liesel Obermann",
        email="liesel@example.com",
        phone="(912) 555-4321",
        title="Frontend Developer",
        employer="Pied Pipit",
        begins="2013-12-01",
        jobs=2,
        text="""\
{
  "basics": {
    "name": "Liesel Obermann",
    "label": "Programmer",
    "image": "",
    "email": "liesel@example.com",
    "phone": "(912) 555-4321",
    "url": "http://liesel.example.com",
    "summary": "Liesel was born in Ohio but raised on a boat.",
    "location": {
      "address": "2712 Broadway St",
      "postalCode": "CA 94115",
      "city": "San Francisco",
      "countryCode": "US",
      "region": "California"
    },
    "profiles": [
      {
        "network": "Twitter",
        "username": "lieselo",
        "url": "https://twitter.example/lieselo"
      }
    ]
  },
  "work": [
    {
      "name": "Pied Pipit",
      "location": "Palo Alto, CA",
      "position": "Frontend Developer",
      "url": "http://piedpipit.example.com",
      "startDate": "2016-12-01",
      "summary": "A compression company",
      "highlights": [
        "Built the compression app",
        "Wrote tests in Jest"
      ]
    },
    {
      "name": "Gander Works",
      "position": "Web Designer",
      "startDate": "2013-12-01",
      "endDate": "2016-11-01",
      "highlights": []
    }
  ],
  "education": [
    {
      "institution": "University of Oklahoma",
      "area": "Information Technology",
      "studyType": "Bachelor",
      "startDate": "2009-06-01",
      "endDate": "2013-01-01"
    }
  ],
  "skills": [
    {
      "name": "Web Development",
      "level": "Master",
      "keywords": ["HTML", "CSS", "Javascript"]
    }
  ],
  "languages": [
    {"language": "English", "fluency": "Native speaker"}
  ],
  "references": [
    {"name": "Erlich Bachmair", "reference": "It is my pleasure to recommend Liesel."}
  ]
}
""",
    ),
    Unseen(
        key="yaml cv",
        name="Jory Tamblyn",
        email="jory@example.org",
        phone="+44 20 7946 0018",
        title="Lead Developer",
        employer="Kernow Digital",
        begins="2015-04",
        jobs=2,
        text="""\
cv:
  name: Jory Tamblyn
  location: Truro, Cornwall
  email: jory@example.org
  phone: tel:+44-20-7946-0018
  website: https://tamblyn.example.org
  social_networks:
    - network: LinkedIn
      username: jorytamblyn
  sections:
    summary:
      - Developer who likes boats.
    experience:
      - company: Kernow Digital
        position: Lead Developer
        location: Truro
        start_date: 2019-01
        end_date: present
        highlights:
          - Led a team of 6
      - company: Pasty Software
        position: Developer
        start_date: 2015-04
        end_date: 2018-12
        highlights:
          - Wrote a till in Python
    education:
      - institution: University of Exeter
        area: Computer Science
        degree: BSc
        start_date: 2011-10
        end_date: 2014-07
    skills:
      - label: Languages
        details: Python, Go, SQL
""",
    ),
    Unseen(
        key="flat json keys",
        name="Oyelaran Babatunde",
        email="oye.b@example.net",
        phone="+234 555 010 2233",
        title="Network Administrator",
        employer="Savannah Telecoms",
        begins="2014-01",
        jobs=2,
        text="""\
{"candidateName": "Oyelaran Babatunde", "contact": {"emailAddress": "oye.b@example.net", \
"phoneNumber": "+234 555 010 2233"}, "experience": [{"jobTitle": "Network Administrator", "company": \
"Savannah Telecoms", "from": "Feb 2018", "to": "Present"}, {"jobTitle": "IT Support Officer", \
"company": "Lekki Bank", "from": "Jan 2014", "to": "Jan 2018"}], "skills": ["Cisco IOS", "Linux", \
"BGP"]}
""",
    ),
    Unseen(
        key="jsonlines content",
        name="Meenakshi Sundaresan",
        email="meena.s@example.com",
        phone="+91 555 010 1234",
        title="QA Engineer",
        employer="Pixelnaut Software",
        begins="2016-01",
        jobs=2,
        text="""\
{"content": "Meenakshi Sundaresan\\nQA Engineer\\nCoimbatore, Tamil Nadu\\nmeena.s@example.com\\n+91 \
555 010 1234\\n\\nWORK EXPERIENCE\\n\\nQA Engineer\\nPixelnaut Software -  Coimbatore, Tamil Nadu \
-\\nJune 2019 to Present\\n\\nManual and automated testing.\\n\\nTest Trainee\\nKovai Infotech -  \
Coimbatore, Tamil Nadu -\\nJanuary 2016 to May 2019\\n\\nEDUCATION\\n\\nB.E in ECE\\nPSG College -  \
Coimbatore, Tamil Nadu\\n2011 to 2015\\n\\nSKILLS\\n\\nSelenium (3 years), JIRA (Less than 1 year), \
Java (2 years)", "annotation": [{"label": ["Skills"], "points": [{"start": 500, "end": 560, "text": \
"Selenium"}]}]}
""",
    ),
    Unseen(
        key="kaggle oneline",
        name=None,
        email=None,
        phone=None,
        title="HR Administrator",
        employer=None,
        begins="2005-06",
        jobs=3,
        text="""\
         HR ADMINISTRATOR/MARKETING ASSOCIATE
HR ADMINISTRATOR       Summary     Dedicated Customer Service Manager with 15+ years of experience in \
Hospitality and Customer Service Management.   Respected builder and leader of customer-focused teams; \
strives to instill a shared, enthusiastic commitment to customer service.         Highlights         \
Focused on customer satisfaction  Team management  Marketing savvy  Conflict resolution techniques     \
Training and development  Skilled multi-tasker  Client relations specialist           Accomplishments  \
    Missouri DOT Supervisor Training Certification  Certified by IHG in Customer Loyalty and Marketing \
by Segment        Experience      HR Administrator   12/2013   to   Current     Company Name   －   \
City  ,   State     Helps to develop policies, directs and coordinates activities such as employment, \
compensation, labor relations, benefits, training, and employee services.       Marketing Associate   \
07/2009   to   11/2013     Company Name   －   City  ,   State     Designed and created marketing \
collateral for sales meetings, trade shows and company executives.       Front Desk Agent   06/2005   \
to   06/2009     Company Name   －   City  ,   State     Greeted guests.     Education      Bachelor of \
Science : Business Administration   2005   Jefferson College   －   City  ,   State     Skills     \
accounting, advertising, benefits, billing, conflict resolution, customer service, Excel, PowerPoint
""",
    ),
    Unseen(
        key="nurse oneblob",
        name="Philippa Garland",
        email="pippa.garland@example.com",
        phone="01632 960456",
        title="Staff Nurse",
        employer="St Brannoc's Hospital",
        begins="2012-09",
        jobs=2,
        text="""\
PHILIPPA GARLAND 7 Rosebay Avenue, Exeter EX4 0AA Tel 01632 960456 Email pippa.garland@example.com \
PROFILE Compassionate registered nurse with ten years of ward experience. EMPLOYMENT Staff Nurse, St \
Brannoc's Hospital, Exeter, Jan 2016 - Present. Care of surgical patients, mentoring of students. \
Healthcare Assistant, Tamar Care Homes, Plymouth, Sep 2012 - Dec 2015. Personal care. EDUCATION BSc \
Nursing, University of Plymouth, 2012 - 2015. SKILLS Wound care, IV cannulation, SystmOne. REFERENCES \
Sister Mary Hobbs, m.hobbs@example.com, 01632 960999.
""",
    ),
    Unseen(
        key="ner dump single spaces",
        name="Harsimran Dhillon",
        email=None,
        phone=None,
        title="Business Analyst",
        employer="Orbis Techno Solutions",
        begins="2015-07",
        jobs=2,
        text="""\
Harsimran Dhillon Business Analyst Chandigarh, Chandigarh - Email me on Indeed: \
indeed.com/r/Harsimran-Dhillon/aa11bb22cc33dd44 WORK EXPERIENCE Business Analyst Orbis Techno \
Solutions - Chandigarh, Chandigarh - April 2018 to Present Responsibilities: Requirement elicitation \
and BRD preparation. Junior Analyst Panchkula Softech - Panchkula, Haryana - July 2015 to March 2018 \
Responsibilities: UAT and reports. EDUCATION MBA in Marketing Punjab Technical University - Jalandhar, \
Punjab 2013 to 2015 SKILLS MS Excel (4 years), SQL (2 years), Visio (1 year) ADDITIONAL INFORMATION \
Hobbies: cricket and reading. Declaration: the above is true to the best of my knowledge and belief.
""",
    ),
)
