"""CVs of invented people in the layouts that readers meet, for the tests to read."""

from __future__ import annotations

US_ONE_PAGER = """\
Marcus T. Whitfield
Portland, OR 97205 | (503) 555-0134 | marcus.whitfield@example.com | linkedin.com/in/marcus-whitfield-example

PROFESSIONAL SUMMARY
Operations manager with 9 years of experience in distribution centers. Known for safe sites.

PROFESSIONAL EXPERIENCE

Cascade Freight Partners, Portland, OR
Operations Manager                                              June 2019 – Present
• Managed a team of 34 associates across two shifts
• Reduced order lead time by 27% by redesigning the picking route
• Introduced SAP and Power BI dashboards for daily throughput

Harborline Logistics LLC, Tacoma, WA
Warehouse Supervisor                                            Mar 2015 – May 2019
• Supervised 12 forklift operators and trained 40 new hires
• Cut inventory shrinkage from 2.1% to 0.8%

EDUCATION
Bachelor of Science in Supply Chain Management, Oregon Example University, Eugene, OR, 2014
GPA: 3.6/4.0

CERTIFICATIONS
Lean Six Sigma Green Belt, ASQ, 2018
OSHA 30-Hour General Industry, 2016

SKILLS
SAP, Power BI, Excel, Inventory Management, Forklift Operation, Team Leadership
"""

UK_WITH_REFEREES = """\
CURRICULUM VITAE

PRIYA RAMANATHAN-COLE
14 Alderbrook Road, Bristol BS6 5ZZ
Tel: 0117 496 0123  Mobile: 07700 900456
Email: p.ramanathan.cole@example.org
Date of birth: 12 May 1988
Nationality: British

Personal Statement
I am a chartered accountant who enjoys making month-end quicker and clearer.

Employment History

Senior Financial Accountant
Westbury Foods plc, Bristol
September 2017 to date
- Lead a team of five accountants
- Cut month-end close from nine days to four

Management Accountant
Quayside Housing Association, Cardiff
January 2013 to August 2017
- Prepared management accounts and budgets for 6 departments

Education
2006 - 2009   BA (Hons) Accounting and Finance, 2:1, University of Exampleshire
2004 - 2006   A-levels: Mathematics (A), Economics (B), History (B), Northgate Sixth Form College

Professional Qualifications
ACA, Institute of Chartered Accountants in England and Wales, 2012

References
Mr Alan Thornbury, Finance Director, Westbury Foods plc
Email: alan.thornbury@example.com Tel: 0117 496 0199
"""

GERMAN_TABULAR = """\
Lebenslauf

Persönliche Daten
Name:\tJonas Weidenfeller
Anschrift:\tAhornstraße 17, 50823 Köln
Telefon:\t0221 / 5550 1234
Handy:\t0171 5550 123
E-Mail:\tjonas.weidenfeller@example.de
Geburtsdatum:\t23.08.1991
Geburtsort:\tTrier
Familienstand:\tledig
Staatsangehörigkeit:\tdeutsch

Berufserfahrung
seit 03/2020\tSoftwareentwickler
\tRheinblick Systeme GmbH, Köln
\t- Entwicklung von Microservices mit Java und Spring Boot
\t- Einführung von Kubernetes, Ausfallzeiten um 60 % gesenkt
09/2016 – 02/2020\tJunior-Softwareentwickler
\tDomstadt Datenwerk AG, Köln
\t- Pflege der Kundenportale in PHP
03/2015 – 08/2015\tPraktikant Softwareentwicklung
\tEifel Energie KG, Trier

Ausbildung
10/2011 – 07/2016\tM.Sc. Informatik, Universität Trier (Note: 1,7)
2002 – 2011\tAbitur, Max-Planck-Gymnasium Trier

EDV-Kenntnisse
Java, Spring Boot, Kubernetes, PHP, PostgreSQL

Sprachen
Deutsch (Muttersprache), Englisch (verhandlungssicher, C1), Französisch (Grundkenntnisse)

Verfügbar ab 01.10.2026, Kündigungsfrist: 3 Monate
Gehaltsvorstellung: 72.000 EUR
Köln, 14.06.2026
"""

SPANISH = """\
ÁLVARO QUINTANILLA BERMÚDEZ
Ingeniero de Caminos
C/ Olmo 24, 2.º A, 41003 Sevilla · Móvil: +34 600 000 321 · alvaro.quintanilla@example.es

PERFIL PROFESIONAL
Ingeniero de caminos con más de 12 años de experiencia en obra lineal y dirección de equipos.

EXPERIENCIA LABORAL
Jefe de Obra
Construcciones Giralda S.A., Sevilla
marzo de 2018 – actualidad
• Dirección de un equipo de 45 personas en la ampliación de una línea de metro
• Reducción del plazo de ejecución en un 15 %

Ingeniero de Proyectos
Puentes del Sur S.L., Cádiz
sept. 2012 – febrero 2018
• Cálculo de estructuras con SAP2000 y AutoCAD

FORMACIÓN ACADÉMICA
Ingeniería de Caminos, Canales y Puertos, Universidad de Granada, 2006 – 2012

IDIOMAS
Español: nativo
Inglés: B2
Portugués: nivel medio

INFORMÁTICA
AutoCAD, SAP2000, MS Project, Civil 3D

OTROS DATOS
Carnet de conducir B. Disponibilidad inmediata. DNI: 12345678Z
"""

ACADEMIC = """\
Dr. Helena Marchetti-Okoye
Associate Professor of Comparative Linguistics
Department of Linguistics, Northmoor University
helena.marchetti [at] example.edu
https://orcid.org/0000-0002-0000-0001

Academic Appointments
Associate Professor, Northmoor University, 2018 to the present.
Assistant Professor, Northmoor University, 2012 to 2018.
Postdoctoral Fellow, Institute for Language Sciences, Utrecht, September 2010 to August 2012.

Education
Ph.D., Linguistics, University of Exampleton, 2010.
M.A., Linguistics, University of Exampleton, 2006.
B.A., Classics, St. Albans College, 2004.

Selected Publications
Marchetti-Okoye, H. and Jansen, P. (2019). Tone and stress in contact. Journal of Examples, 12(3), 45-67.
Marchetti-Okoye, H. (2015). Vowels on the move. Example Press. ISBN 978-3-16-148410-0.

Languages
Italian (native), English (fluent), Dutch (B2), Igbo (A2)

References
Prof. Pieter Jansen, Utrecht, p.jansen@example.net, +31 20 555 0123
"""

FRESHER = """\
Ananya Deshmukh
Pune, Maharashtra, India
ananya.deshmukh21@example.com | +91 90000 00123 | github.com/ananya-deshmukh-example

Objective
Final-year computer engineering student looking for a first role in backend development.

Education
B.Tech in Computer Engineering, Sahyadri Institute of Technology, Pune
2022 - 2026 (expected) | CGPA: 8.7/10
Higher Secondary (XII), Nutan Vidyalaya, 2022 | 91.4%

Projects
Bus Tracker (Jan 2025 - Apr 2025)
- Built a live map of city buses with Python, FastAPI and Redis
Library Kiosk
- Android app in Kotlin used by 300 students

Skills
Languages: Python, Java, Kotlin, SQL
Tools: Git, Docker, Linux

Languages
English, Hindi, Marathi
"""

LINKEDIN_EXPORT = """\
Contact
ingrid.solheim@example.com
www.linkedin.com/in/ingrid-solheim-example (LinkedIn)
Top Skills
Product Strategy
User Research
Roadmapping
Languages
Norwegian (Native or Bilingual)
English (Full Professional)
Certifications
Certified Scrum Product Owner
Ingrid Solheim
Head of Product at Fjordpay
Oslo, Norway
Summary
I build payment products that small shops understand. Before that I wrote software for ferries.
Experience
Fjordpay
4 years 2 months
Head of Product
March 2022 - Present (2 years 8 months)
Oslo, Norway
Leads nine product managers.
Senior Product Manager
September 2020 - February 2022 (1 year 6 months)
Oslo, Norway
Kystruten Ferries AS
Software Engineer
August 2016 - August 2020 (4 years 1 month)
Bergen, Norway
Ticketing back end in Java.
Page 1 of 2
Education
Norwegian Example University of Technology
Master of Science - MS, Computer Science · (2011 - 2016)
"""

EUROPASS = """\
Europass
Curriculum Vitae
Personal information
First name(s) / Surname(s) Katarzyna Wiśniewska
Address(es) ul. Lipowa 12, 00-001 Warszawa, Poland
Telephone(s) +48 22 555 01 23
Fax(es) +48 22 555 01 24
E-mail(s) k.wisniewska@example.pl
Nationality Polish
Date of birth 07/11/1985
Gender Female
Work experience
Dates 04/2015 →
Occupation or position held Environmental Inspector
Name and address of employer Regional Water Agency, Warszawa
Dates 09/2010 - 03/2015
Occupation or position held Laboratory Technician
Name and address of employer Hydrolab Sp. z o.o., Kraków
Education and training
Dates 2005 - 2010
Title of qualification awarded Master of Science in Chemistry
Name of organisation providing education Jagiellonian Example University
Personal skills and competences
Mother tongue(s) Polish
Other language(s)
English B2 B2 B1 B1 B2
"""

BULLET_CONTACT_LINE = """\
RESUME OF
DANIEL OYELARAN, MBA, PMP
4821 Larkspur Lane, Apt 6 • Austin, TX 78704 • 512.555.0187 • daniel.oyelaran@example.com

SENIOR PROJECT MANAGER

Delivers infrastructure programs on time. Managed budgets of up to $12M and teams of 20 engineers.

WORK HISTORY
SENIOR PROJECT MANAGER | Lonestar Grid Services | Austin, TX | 01/2018 - Present
* Delivered 14 substations on schedule
PROJECT ENGINEER | Bluebonnet Electric Cooperative | San Marcos, TX | 06/2011 - 12/2017
* Designed protection schemes for 30 feeders
DRAFTSMAN | Hill Country Survey Inc. | 2009 - 2011

EDUCATION
MBA, Lakeline Business School, 2016
BS Electrical Engineering, Texas Example State University, 2011

KEY SKILLS
Primavera P6 • MS Project • Risk Management • AutoCAD
"""

DATE_FIRST = """\
Sophie Lindqvist
Nurse
Storgatan 8, 411 38 Göteborg
sophie.lindqvist@example.se
+46 31 555 01 77

WORK EXPERIENCE
2021-04 - present
Registered Nurse, Intensive Care
Sahlgren Example Hospital
Responsible for ventilated patients and for the training of new colleagues.

2017-08 - 2021-03
Staff Nurse
Västra Clinic
Ward of 24 beds.

EDUCATION
2014 - 2017
Bachelor of Science in Nursing
University of Example, Göteborg

LANGUAGES
Swedish - mother tongue
English - C1
"""

LONG_LINES = (
    '"Renata Vasquez-Thorne  Fairfax Avenue  Milwaukee, Wisconsin  Phone: (414) 555-0166  renata.thorne@e'
    "xample.com  Objective  To lead the service desk of a hospital group where patients come first and ma"
    "chines are quick to return to work.    Summary of Qualification      Eight years of experience with "
    "clinical systems.        Calm with angry callers.    Career Experience/Job History  2016  Present: S"
    "ervice Desk Lead, Lakeshore Medical Center      Leads 6 technicians.        Reduced open tickets by "
    "45%.    2012  2016: Help Desk Technician, Brewtown Insurance Group      Solved 30 tickets a day.    "
    "Education  2012 Associate Degree in Information Technology, Milwaukee Example College    Professiona"
    'l reference will be furnished upon request."'
)

FRENCH = """\
Camille Delaroche
Développeuse web
12 rue des Tanneurs, 69001 Lyon
06 39 98 01 23 – camille.delaroche@example.fr

Expérience professionnelle
Développeuse front-end – Atelier Numérique SARL, Lyon
depuis janvier 2021
- Refonte du site marchand avec Vue.js
Stagiaire – Studio Confluence, Lyon
avril 2020 – septembre 2020

Formation
Master Informatique, Université de Lyon, 2018 – 2020

Langues
Français : langue maternelle
Anglais : courant
"""

TAGGED_MARKUP = """\
<?xml version="1.0" encoding="UTF-8"?>
<cv>
<label type="Name">Farid Benhaddou</label>
<label type="Designation">Network Engineer</label> - <label type="Companies worked at">Atlas Telecom</label>
<label type="Location">Pune, Maharashtra</label>
Email: <label type="Email Address">farid.b@example.com</label>

WORK EXPERIENCE

<label type="Designation">Network Engineer</label>

<label type="Companies worked at">Atlas Telecom</label> -  <label type="Location">Pune, Maharashtra</label> -

<label type="Years of Experience">January 2017 to Present</label>

\\xe2\\x80\\xa2 Ran routing for 40 sites, R&amp;D lab included

SKILLS

<label type="Tech Tools">Cisco</label>, <label type="Tech Tools">Linux</label>
</cv>
"""

INVOICE = """\
INVOICE 2026-0417
Bill to: Seaview Bakery
accounts@example.com | +1 (312) 555-0190
EXPERIENCE
4 x Proofing baskets @ 12.50
EDUCATION
Net 30 days
SKILLS
Total due 50.00
"""
