"""CVs in the customs of countries and employers: labels, sentences, tables and agencies."""

from __future__ import annotations

from tests.unit.cv_reader.unseen.model import Unseen

CVS = (
    Unseen(
        key="india experienced",
        name="Mohd. Irfan Qureshi",
        email="irfan.qureshi@example.net",
        phone="01155501567",
        title="Assistant Manager - Accounts",
        employer="Sterling Agro Foods Pvt. Ltd.",
        begins="2006-04",
        jobs=3,
        text="""\
CURRICULUM VITAE
MOHD. IRFAN QURESHI
Contact No.: 01155501567, 09155504568
E mail : irfan.qureshi@example.net
Objective
Seeking a career in the field of Accounts & Finance.
Professional Experience:
1. Presently working with M/s Sterling Agro Foods Pvt. Ltd., Noida as Assistant Manager - Accounts \
since May 2014.
Job Profile:
> GST returns, TDS returns
> Preparation of MIS
2. Worked with M/s Gulmohar Textiles Ltd., Delhi as Sr. Accountant from June 2010 to April 2014.
> Handling of bank reconciliation
3. Worked with Kapoor & Associates, Chartered Accountants as Audit Assistant from April 2006 to May \
2010.
Educational Qualification:
M.Com from CCS University, Meerut in 2006
B.Com from CCS University, Meerut in 2004
Computer Knowledge:
Tally ERP 9, MS Office
Personal Details:
Father's Name : Sh. Abdul Qureshi
D.O.B. : 5th July 1983
Permanent Address : 221, Civil Lines, Meerut
(MOHD. IRFAN QURESHI)
""",
    ),
    Unseen(
        key="us federal",
        name="Rosalind T. Gearhart",
        email="rosalind.gearhart@example.com",
        phone="202-555-0126",
        title="Management Analyst",
        employer="Department of Veterans Affairs",
        begins="2011-08",
        jobs=2,
        text="""\
Rosalind T. Gearhart
1200 Maple Ct, Apt 4
Silver Spring, MD 20901 US
Day Phone: 202-555-0126 Ext: 44
Email: rosalind.gearhart@example.com
Availability: Job Type: Permanent, Telework
Work Schedule: Full-Time
Desired locations: United States - DC - Washington/Metro
Work Experience:
Department of Veterans Affairs
810 Vermont Ave NW
Washington, DC 20420 United States
06/2015 - Present
Salary: 112,015.00 USD Per Year
Hours per week: 40
Series: 0343 Pay Plan: GS Grade: 13
Management Analyst (This is a federal job)
Duties, Accomplishments and Related Skills:
Analyzes program operations for the Veterans Benefits Administration.
Supervisor: Harold Trask (202-555-0177)
Okay to contact this Supervisor: Yes
Census Bureau
4600 Silver Hill Rd
Suitland, MD 20746 United States
08/2011 - 05/2015
Salary: 71,674.00 USD Per Year
Hours per week: 40
Series: 1530 Pay Plan: GS Grade: 11
Survey Statistician (This is a federal job)
Duties, Accomplishments and Related Skills:
Designed household surveys.
Supervisor: Lena Oakes (202-555-0178)
Okay to contact this Supervisor: Contact me first
Education:
University of Maryland College Park, MD United States
Master's Degree 05/2011
Major: Statistics
""",
    ),
    Unseen(
        key="german tabular",
        name="Heinrich von der Tannenau",
        email="h.tannenau@example.org",
        phone="0906 / 555 01 23",
        title="Industriemechaniker",
        employer="Mahlwerk Maschinenbau GmbH & Co. KG",
        begins="2001-07",
        jobs=3,
        text="""\
Bewerbungsunterlagen
Lebenslauf
Persönliche Daten
Name: Heinrich von der Tannenau
Anschrift: Am Mühlbach 3a
86609 Donauwörth
Telefon: 0906 / 555 01 23
Mobil: 0151 / 555 01 234
E-Mail: h.tannenau@example.org
geboren am: 03.02.1982 in Augsburg
Familienstand: verheiratet, 2 Kinder
Staatsangehörigkeit: deutsch
Beruflicher Werdegang
seit 04/2009 Industriemechaniker
Mahlwerk Maschinenbau GmbH & Co. KG, Donauwörth
- Wartung und Instandhaltung von CNC-Anlagen
03/2002 – 03/2009 Maschinenschlosser
Gebr. Lechleitner Stahlbau, Rain am Lech
07/2001 – 02/2002 Grundwehrdienst, Ulm
Ausbildung
09/1998 – 06/2001 Ausbildung zum Industriemechaniker
Mahlwerk Maschinenbau GmbH & Co. KG
Schulbildung
1992 – 1998 Realschule Donauwörth, Abschluss: Mittlere Reife
Kenntnisse und Fähigkeiten
MS Office: gute Kenntnisse
Englisch: Grundkenntnisse
Führerschein: Klasse B, BE
Donauwörth, den 12.01.2024
Heinrich von der Tannenau
""",
    ),
    Unseen(
        key="de referenz formular",
        name="Nowak, Bożena",
        email="b.nowak@example.org",
        phone="+48 555 010 020",
        title="Pflegefachkraft",
        employer="Seniorenzentrum Lindenhof",
        begins="2008-01",
        jobs=2,
        text="""\
Name, Vorname: Nowak, Bożena
Straße: Bahnhofstr. 77
PLZ/Ort: 01067 Dresden
Telefon: +48 555 010 020
E-Mail-Adresse: b.nowak@example.org
Führerschein: B
Beruflicher Werdegang:
von – bis Tätigkeit Arbeitgeber
01.2014 – heute Pflegefachkraft Seniorenzentrum Lindenhof, Dresden
01.2008 – 12.2013 Krankenschwester Szpital Miejski, Wrocław
Schulische Ausbildung:
1999 – 2003 Medizinische Fachschule Legnica
Sprachkenntnisse:
Polnisch Muttersprache
Deutsch B2
""",
    ),
    Unseen(
        key="agency header",
        name="Tobias Marchbanks",
        email="tobias.marchbanks@example.com",
        phone="+44 7700 900773",
        title="Quantity Surveyor",
        employer="Ridgeway Construction plc",
        begins="2013-06",
        jobs=2,
        text="""\
Submitted by Apex Talent Recruitment Ltd
Tel 020 7946 0500 | cvs@example.org | www.apextalent.example
Consultant: Lucy Farthing, lucy.farthing@example.org
Candidate: Tobias Marchbanks
Position applied for: Senior Quantity Surveyor
Notice period: 1 month
CANDIDATE CV
Tobias Marchbanks
Mobile +44 7700 900773
tobias.marchbanks@example.com
Career Summary
Jan 2017 – Present Quantity Surveyor Ridgeway Construction plc
Jun 2013 – Dec 2016 Assistant Quantity Surveyor Holt & Dean
Key skills
• NEC3, JCT contracts
• Cost planning
Qualifications
MRICS (2016)
BSc (Hons) Quantity Surveying, University of Reading, 2013
Page 1 of 1 – Apex Talent Recruitment Ltd – Registered in England 01234567
""",
    ),
    Unseen(
        key="resume of",
        name="Cornelius B. Hatherley III",
        email="chatherley@example.com",
        phone="1-800-555-0155",
        title="Plant Superintendent",
        employer=None,
        begins="1999-03",
        jobs=2,
        text="""\
RESUME OF CORNELIUS B. HATHERLEY III
P.O. Box 118, Branson, Missouri 65616
Home: 1-800-555-0155   Cell: 417 555 0156
e-mail: chatherley@example.com
OBJECTIVE: A position in plant management.
WORK HISTORY
2008-2021 OZARK PAPER MILLS, Branson, MO
Plant Superintendent. Supervised 85 hourly employees on three shifts.
Retired December 2021.
March 1999-2008 TANEY LUMBER CO., Forsyth, MO
Shift Foreman. Ran saw line.
EDUCATION
High School Diploma, Forsyth High School
MILITARY
U.S. Navy, 1993-1998, Machinist's Mate 2nd Class, Honorable Discharge
REFERENCES AVAILABLE UPON REQUEST
""",
    ),
)
