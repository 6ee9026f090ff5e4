"""More CVs of invented people: layouts in which fields, labels and dates stand in unusual places."""

from __future__ import annotations

CHEF = """\
John A. Pemberton III
123 Sycamore Avenue
Denver, Colorado 80203
Cell: 303-555-0119
jpemberton@example.com

OBJECTIVE
Seeking a challenging position as a Sous Chef.

EXPERIENCE

Sous Chef, The Copper Kettle, Denver, CO (May 2018 - Present)
Run a line of eight cooks during dinner service.
Designed seasonal menus that raised average spend by 11 percent.

Line Cook, Mile High Grill, Denver, CO (2014 - 2018)
Prepared 200 covers a night.

EDUCATION
Culinary Arts Diploma, Front Range Culinary Institute, Denver, 2014

REFERENCES
Available upon request
"""

GERMAN_WIDE_COLUMNS = """\
Lebenslauf

Dipl.-Ing. (FH) Bernd Hoffmann-Kraus
Goethestr. 5
70174 Stuttgart
Tel. 0711/555 01 23
bernd.hoffmann@example.de

geboren am 11.11.1975 in Ulm, verheiratet, 2 Kinder

Beruflicher Werdegang

01/2015 – heute   Maschinenbau Neckar GmbH, Esslingen
                  Abteilungsleiter Konstruktion
                  Führung von 18 Mitarbeitern
                  Kostensenkung um 1,2 Mio. EUR pro Jahr

07/2005 – 12/2014   Schwaben Automotive AG, Stuttgart
                  Konstruktionsingenieur
                  CAD-Konstruktion mit CATIA V5

10/2001 – 06/2005   Ingenieurbüro Alb, Reutlingen
                  Technischer Zeichner

Studium
10/1996 – 09/2001   Fachhochschule Esslingen, Maschinenbau
                  Abschluss: Dipl.-Ing. (FH), Note 2,1

Schule
1987 – 1996   Kepler-Gymnasium Ulm, Abitur

Kenntnisse
CATIA V5, SolidWorks, SAP, MS Office

Sprachen
Englisch fließend, Französisch Grundkenntnisse

Hobbys
Bergsteigen, Modellbau
"""

SPANISH_FULL_STOPS = """\
MARIA LOPEZ GARCIA
Barcelona | maria.lopez@example.es | 93 555 01 23

EXPERIENCIA PROFESIONAL

2019 - Actualidad. Directora de Marketing. Cosmética Natural S.L. Barcelona.
- Gestión de un equipo de 8 personas.
- Aumento de ventas del 35% en dos años.

2015 - 2019. Responsable de Comunicación. Editorial Ramblas. Barcelona.

EDUCACIÓN

2010 - 2014. Licenciatura en Publicidad y Relaciones Públicas. Universitat Autònoma de Barcelona.

IDIOMAS

Catalán y español nativos. Inglés C1. Francés básico.
"""

CONTACT_BEFORE_NAME = """\
CONTACT
555-0142 (312)
emily.watson@example.com
Chicago, IL

EMILY WATSON
REGISTERED NURSE

PROFILE
Compassionate RN with over 6 years of experience in emergency care.

EXPERIENCE
REGISTERED NURSE
Lakeview Memorial Hospital | Chicago, IL
2019 – PRESENT
Triage of 80 patients a day.
Precepts new graduates.

STAFF NURSE
Prairie Community Clinic | Naperville, IL
2017 – 2019
Vaccination campaigns.

EDUCATION
BACHELOR OF SCIENCE IN NURSING
Illinois Example University
2013 – 2017

LICENSES
Registered Nurse, State of Illinois, License No. 041.000000
BLS, ACLS - American Heart Association, expires 06/2027
"""

INDIAN_LABELS = """\
Name: Rajesh Kumar Iyer
Father's Name: S. Iyer
DOB: 15/08/1990
Mobile: +91 98000 00045
Email ID: rajesh.iyer@example.in
Address: 12, MG Road, Bengaluru 560001

Career Objective
To work in a growth oriented organization.

Professional Experience
Company: Deccan Software Pvt Ltd
Designation: Senior Test Engineer
Duration: Aug 2016 to till date
Responsibilities:
• Automation with Selenium and Java
• Team size: 5

Company: Nandi Infotech
Designation: Test Engineer
Duration: June 2013 to July 2016

Educational Qualification
B.E. (ECE) from Visvesvaraya Example University in 2012 with 72%
XII from Kendriya Vidyalaya in 2008 with 81%

Technical Skills
Languages: Java, Python
Tools: Selenium, JMeter, Jira

Personal Details
Marital Status: Married
Languages Known: English, Hindi, Tamil, Kannada
Passport No: Z0000000
Declaration: I hereby declare that the above is true.
"""

EMPLOYER_ABOVE_DATED_TITLES = """\
Résumé
Mina Park, Ph.D.
ML Scientist | Seattle, WA | mina.park@example.org | (206) 555-0170 | github.com/mina-park-example

SUMMARY OF QUALIFICATIONS
• 10+ years of experience in machine learning
• Author of 12 papers

PROFESSIONAL EXPERIENCE
EVERGREEN ROBOTICS, Seattle, WA                                         2018 – Present
Principal Scientist (2021 – Present)
• Lead perception research with a group of 9 scientists
Senior Scientist (2018 – 2021)
• Built the first mapping stack in C++ and PyTorch

OLYMPIC LABS, Tacoma, WA                                               2014 – 2018
Research Scientist
• Speech models in TensorFlow

EDUCATION
Ph.D. in Computer Science, University of Exampleton, 2014
M.S. in Statistics, Seoul Example University, 2009
"""

MARKDOWN = """\
# Tobias Krämer
**Senior Backend Developer** · München · tobias.kraemer@example.de · +49 89 5550 1234

## Erfahrung
### Senior Backend Developer – Isarcode GmbH
*Mai 2021 – heute*
- Verantwortlich für 12 Microservices in Go
- Mentoring von zwei Junior-Entwicklern

### Backend Developer – Alpensoft AG
*Okt. 2017 – Apr. 2021*
- REST-APIs mit Python und Django

## Bildung
**B.Sc. Informatik**, Hochschule München, 2014–2017

## Skills
Go, Python, Django, PostgreSQL, Docker, Kubernetes
"""

GERMAN_LABELS_ABOVE_VALUES = """\
Lebenslauf
Vorname, Name
Sabine Reinhardt
Anschrift
Birkenallee 3, 04109 Leipzig
Telefon
0341 5550123
E-Mail
sabine.reinhardt@example.de
Geburtsdatum
02.02.1995
Nationalität
deutsch

Berufliche Erfahrung
Seit August 2021
Kauffrau für Büromanagement, Stadtwerke Musterstadt
Rechnungsprüfung, Terminplanung

August 2018 - Juli 2021
Ausbildung zur Kauffrau für Büromanagement, Stadtwerke Musterstadt

Schulbildung
2008 - 2018  Gymnasium Nordstadt, Abitur (Note 2,3)

Kenntnisse
MS Office (sehr gut), SAP (Grundkenntnisse), Führerschein Klasse B
"""

SENTENCES_AFTER_DATES = """\
William Achebe - Sales Executive - Manchester - 07700 900777 - william.achebe@example.co.uk

I am a target driven sales executive with 8 years experience selling software to schools and hospitals.

Employment
Northern Edutech Ltd, Sales Executive, 2019-present. Grew regional revenue from £1.2m to £3.4m.
Medisoft UK, Account Manager, 2015-2019. Looked after 45 NHS accounts.
Marlow Grocers, Customer Assistant (part time), 2012-2015.

Education
University of Exampleton, BA Business Studies (2:1), 2012-2015
"""

NIGERIAN_WIDE_NAME = """\
AISHA   BELLO
Lagos, Nigeria  |  +234 800 555 0123  |  aisha.bello@example.ng

CAREER SUMMARY
Human resources professional with expertise in payroll and recruitment.

WORK EXPERIENCE
HR Manager, Delta Oil Services Ltd. (March 2020 till date)
* Handles payroll for 400 staff
* Leads recruitment

HR Officer, Sunrise Bank Plc. (Jan. 2016 to Feb. 2020)
* Kept staff records

EDUCATION AND QUALIFICATIONS
M.Sc. Industrial Relations, University of Example, Lagos   2015
B.Sc. Sociology, Example State University   2012
West African Senior School Certificate   2007

REFEREES
Dr. Chinedu Obi
Head of Department, Example State University
chinedu.obi@example.edu.ng
+234 800 555 0199
"""

LABEL_COLUMN = """\
Grace Adjei-Bonsu
Water Engineer
Mangrove Close 4, Tema | +233 30 255 0123 | grace.adjei@example.com
Profile Engineer for pumps and pipes with eleven years of service. Calm when the water rises.
Personal Date of birth: 3 April 1987
Nationality: Ghanaian
Employment Senior Water Engineer 05/2018 – present
Coastline Water Company, Accra
• Run 42 pumping stations with a crew of 16 technicians
Water Engineer 08/2012 – 04/2018
Riverbend Utilities Ltd, Kumasi
• Mended 310 kilometres of pipe
Education MSc Hydraulic Engineering 09/2010 – 07/2012
University of Exampleton, Leeds, UK
Skills Modelling: EPANET, QGIS
Languages English (native), Twi (native), French (B1)
References Dr. Kofi Sample, kofi.sample@example.org
"""

DATES_READ_LAST = """\
Ottilie Brandvold
Bergen, Norway
ottilie.brandvold@example.com

Experience
Northlight Subsea AS, Lead Hydrographer
- Charted 1,200 kilometres of sea floor
- Led a crew of nine
Bergen, Norway
June 2021 – present
2 years 10 months
Harbour Mapping Ltd, Hydrographer
- Built the sounding archive
Aberdeen, UK
May 2016 – May 2021
5 years

Education
MSc Geodesy, University of Exampleton, 2016
"""
