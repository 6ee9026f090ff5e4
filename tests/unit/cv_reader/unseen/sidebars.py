"""CVs of two-column designs, whose side column is read first or whose name is set apart."""

from __future__ import annotations

from tests.unit.cv_reader.unseen.model import Unseen

CVS = (
    Unseen(
        key="canva two column",
        name="ESPERANZA MOLINARI",
        email="hello@example.com",
        phone="555-0134-221",
        title="Graphic Designer",
        employer="Wardiere Studio",
        begins="2016",
        jobs=3,
        text="""\
CONTACT
555-0134-221
hello@example.com
123 Anywhere St., Any City
www.reallygreatsite.example
SKILLS
Project Management
Public Relations
Teamwork
Time Management
LANGUAGES
English (Fluent)
French (Fluent)
REFERENCE
Estelle Darcy
Wardiere Inc. / CTO
Phone: 555-0156-789
Email : estelle@example.org
ESPERANZA
MOLINARI
GRAPHIC DESIGNER
PROFILE
Lorem ipsum dolor sit amet, consectetur adipiscing elit.
WORK EXPERIENCE
Wardiere Studio 2020 - PRESENT
Graphic Designer
Develop and maintain brand guidelines.
Fauget Agency 2018 - 2020
Junior Designer
Made leaflets.
Larana Print 2016 - 2018
Design Trainee
EDUCATION
Bachelor of Design
Wardiere University
2012 - 2016
""",
    ),
    Unseen(
        key="letterspaced",
        name="JANELLE KWABENA",
        email="janelle.kwabena@example.com",
        phone="(404) 555-0112",
        title="Marketing Manager",
        employer="Peachtree Outfitters",
        begins="2014-02",
        jobs=2,
        text="""\
J A N E L L E  K W A B E N A
M A R K E T I N G  M A N A G E R
(404) 555-0112 • janelle.kwabena@example.com • Atlanta, GA
P R O F I L E
Marketing manager with a nose for brands.
E X P E R I E N C E
MARKETING MANAGER, PEACHTREE OUTFITTERS
Atlanta, GA | March 2018 – Present
Own the annual plan and a budget of $1.2M.
MARKETING COORDINATOR, BLUE HERON MEDIA
Savannah, GA | February 2014 – February 2018
E D U C A T I O N
BA Communications, Georgia State University, 2013
S K I L L S
SEO   Google Analytics   Copywriting   HubSpot
""",
    ),
    Unseen(
        key="letterspaced single",
        name="NOAH BECKWITH",
        email="noah.beckwith@example.com",
        phone="555.0172.330",
        title="Architect",
        employer="Studio Norrland",
        begins="2015",
        jobs=2,
        text="""\
N O A H   B E C K W I T H
A R C H I T E C T
A B O U T
Architect working across housing and culture.
C O N T A C T
555.0172.330
noah.beckwith@example.com
Aarhus, Denmark
W O R K   E X P E R I E N C E
Studio Norrland
Architect, 2019–present
Competition lead for two libraries.
Hemmet Arkitekter
Junior Architect, 2015–2019
E D U C A T I O N
Master of Architecture, Aarhus School of Architecture, 2015
""",
    ),
    Unseen(
        key="email split",
        name="Maximiliane Rosenkranz-Theodorakis",
        email="maximiliane.rosenkranz-theodorakis@example.com",
        phone="+49 89 99998 765",
        title="UX Researcher",
        employer="Isarblick Software GmbH",
        begins="2017-10",
        jobs=2,
        text="""\
Maximiliane
Rosenkranz-Theodorakis
UX Researcher
Kontakt
Tegernseer Landstr. 800
81539 München
+49 89 99998 765
maximiliane.rosenkranz-
theodorakis@example.com
Sprachen
Deutsch
Griechisch
Werkzeuge
Figma
Dovetail
Miro
Profil
UX Researcherin mit sieben Jahren Erfahrung in B2B-Software.
Berufserfahrung
UX Researcher
Isarblick Software GmbH | München
04.2020 – heute
Planung und Durchführung von Interviews
UX Designer
Agentur Farbraum | Augsburg
10.2017 – 03.2020
Studium
Master of Arts Interaction Design
Hochschule Augsburg
2015 – 2017
""",
    ),
    Unseen(
        key="name end sidebar",
        name="Sören Falkenrath",
        email="soeren@example.org",
        phone="0176-5550-1177",
        title="Softwareentwickler",
        employer="Küstencode GmbH",
        begins="2015-08",
        jobs=2,
        text="""\
Kontakt
Deichstraße 9, 24103 Kiel
0176-5550-1177
soeren@example.org
soerenf.example.org
Geburtstag
17.06.1991
Fähigkeiten
Java
Kotlin
Spring Boot
Hobbys
Segeln
Lesen
Sören Falkenrath
Softwareentwickler
Über mich
Ich entwickle seit 2015 Backends.
Werdegang
Softwareentwickler
Küstencode GmbH, Kiel
Seit Feb. 2018
• Microservices mit Kotlin
Junior-Entwickler
Förde IT, Kiel
Aug. 2015 – Jan. 2018
Ausbildung
Bachelor of Science, Informatik
FH Kiel
2012 – 2015
""",
    ),
    Unseen(
        key="infographic reversed",
        name="Tamsin Oyelowo",
        email="tamsin@example.net",
        phone="+44 7700 900555",
        title="Content Strategist",
        employer="Lanternfish",
        begins="2016",
        jobs=2,
        text="""\
EDUCATION
BA English Literature
University of Leeds
2012–2015
SKILLS
Copy editing
SEO
Editorial calendars
CMS
LANGUAGES
English, Yoruba
EXPERIENCE
Content Strategist
Lanternfish / 2020–now
Leads content for twelve brands.
Copywriter
Mop & Bucket / 2016–2020
Web copy, newsletters.
HELLO, I'M
TAMSIN OYELOWO
CONTENT STRATEGIST
tamsin@example.net
+44 7700 900555
tamsinwrites.example.net
""",
    ),
    Unseen(
        key="linkedin no contact",
        name="Obinna Eze-Thornton",
        email=None,
        phone=None,
        title="VP Engineering",
        employer="Kestrel Payments",
        begins="2008-02",
        jobs=3,
        text="""\
Contact
www.linkedin.com/in/oet (LinkedIn)
Top Skills
Distributed Systems
Hiring
Scala
Honors-Awards
Dean's List
Obinna Eze-Thornton
VP Engineering at Kestrel Payments
London, England, United Kingdom
Experience
Kestrel Payments
VP Engineering
June 2020 - Present (4 years)
London
Marrow & Pine
Engineering Manager
January 2014 - May 2020 (6 years 5 months)
Ferrous Labs
Software Engineer
February 2008 - December 2013 (5 years 11 months)
Education
Imperial College London
MEng, Computing · (2003 - 2007)
""",
    ),
    Unseen(
        key="header pipes lower",
        name="anja brückner",
        email="hallo@example.org",
        phone="0160.5550178",
        title="Texterin",
        employer="Wortreich Agentur",
        begins="2016",
        jobs=2,
        text="""\
anja brückner
texterin & konzepterin
hallo@example.org / 0160.5550178 / berlin
erfahrung
seit 2019 Texterin, Wortreich Agentur, Berlin
2016 – 2019 Junior-Texterin, Klarsatz GmbH, Potsdam
ausbildung
2012 – 2016 Germanistik B.A., Universität Potsdam
""",
    ),
)
