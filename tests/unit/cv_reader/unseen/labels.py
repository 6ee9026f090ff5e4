"""CVs that name each detail by a label, and CVs without any heading."""

from __future__ import annotations

from tests.unit.cv_reader.unseen.model import Unseen

CVS = (
    Unseen(
        key="no headings",
        name="Lou Ann Pettigrew",
        email="louann_p@example.com",
        phone="555-0143",
        title="Receptionist",
        employer="Dr. Hollis Family Dentistry",
        begins="2006",
        jobs=3,
        text="""\
Lou Ann Pettigrew
louann_p@example.com
555-0143
I am looking for a front desk position in a friendly office.
2015 to present Receptionist, Dr. Hollis Family Dentistry, Tulsa OK
answer phones, book appointments, greet patients
2010 to 2015 Cashier, Reasor's Foods, Tulsa OK
ran register, closed out drawer
2006 to 2009 Waitress, Blue Dome Diner, Tulsa OK
Graduated Booker T. Washington High School 2006
I type 60 wpm and know Word and Excel
""",
    ),
    Unseen(
        key="whatsapp two numbers",
        name="Dalisay Marcelo-Reyes",
        email="dalisay.reyes@example.com",
        phone="+971 55 501 0234",
        title="Executive Chef",
        employer="Al Noor Grand Hotel",
        begins="2007-11",
        jobs=3,
        text="""\
DALISAY MARCELO-REYES
EXECUTIVE CHEF
Mob/WhatsApp: +971 55 501 0234 / +63 917 555 0188
Skype: dalisay.chef   Email: dalisay.reyes@example.com
Visa Status: Employment Visa   Passport No: P5550123A   Nationality: Filipino
PROFESSIONAL EXPERIENCES
Position:      Executive Chef
Company:       Al Noor Grand Hotel
Location:      Dubai, United Arab Emirates
Duration:      September 2016 up to present
Duties: Oversees the kitchen operations of three outlets.
Position:      Sous Chef
Company:       Pearl Marina Resort
Location:      Doha, Qatar
Duration:      January 2012 - August 2016
Position:      Commis Chef
Company:       Manila Bay Hotel
Location:      Manila, Philippines
Duration:      November 2007 - December 2011
EDUCATIONAL BACKGROUND
BS Hotel and Restaurant Management
University of Santa Rosa 2003-2007
CHARACTER REFERENCE
Mr. John Cruz - F&B Manager, +971 55 501 0999, john.cruz@example.com
""",
    ),
    Unseen(
        key="surname first label",
        name="NGUYEN, Thi Lan Huong",
        email="lanhuong@example.org",
        phone="+84 24 5550 0199",
        title="Monitoring and Evaluation Officer",
        employer="Mekong Water Trust",
        begins="2013-03",
        jobs=2,
        text="""\
1. Family name: NGUYEN
2. First names: Thi Lan Huong
3. Date of birth: 11 October 1988
4. Nationality: Vietnamese
5. Civil status: Married
6. Education:
Institution (Date from - Date to) Degree(s) or Diploma(s) obtained:
Hanoi University (2006 - 2010) BA Economics
7. Contact: lanhuong@example.org, +84 24 5550 0199
8. Language skills: (1 - excellent; 5 - basic)
English 1 1 2
Vietnamese mother tongue
13. Professional experience
Date from - Date to: 06/2017 - present
Location: Can Tho, Vietnam
Company: Mekong Water Trust
Position: Monitoring and Evaluation Officer
Description: Designs surveys.
Date from - Date to: 03/2013 - 05/2017
Location: Hanoi, Vietnam
Company: Green Delta NGO
Position: Field Assistant
Description: Data entry.
""",
    ),
    Unseen(
        key="xing export",
        name="Benedikt Sommerlatte",
        email="b.sommerlatte@example.net",
        phone="+49 511 5550 155",
        title="Einkaufsleiter",
        employer="Leinetal Maschinen AG",
        begins="2009-06",
        jobs=2,
        text="""\
Benedikt Sommerlatte
Angestellt, Einkaufsleiter, Leinetal Maschinen AG
Hannover, Deutschland
Kontaktdaten
Geschäftlich
b.sommerlatte@example.net
+49 511 5550 155
Berufserfahrung von Benedikt Sommerlatte
Aktuell 8 Jahre und 2 Monate, seit Apr. 2016
Einkaufsleiter
Leinetal Maschinen AG
6 Jahre und 10 Monate, Juni 2009 - März 2016
Strategischer Einkäufer
Norddeutsche Pumpen GmbH
Ausbildung von Benedikt Sommerlatte
5 Jahre, Okt. 2003 - Sep. 2008
Wirtschaftsingenieurwesen
Leibniz Universität Hannover
Sprachen
Deutsch
Muttersprache
Englisch
Fließend
""",
    ),
    Unseen(
        key="resume labelled lines",
        name="Bongani Sipho Mthembu",
        email="bongani.mthembu@example.org",
        phone="082 555 0166",
        title="Boilermaker",
        employer="Karoo Steel Works",
        begins="2009-02",
        jobs=2,
        text="""\
CURRICULUM VITAE OF BONGANI MTHEMBU
PERSONAL DETAILS
Surname : Mthembu
First Names : Bongani Sipho
ID Number : 850101 5555 08 3
Gender : Male
Cell No : 082 555 0166 / 073 555 0167
E-mail : bongani.mthembu@example.org
Driver's Licence : Code EB
EMPLOYMENT HISTORY
Company : Karoo Steel Works
Position : Boilermaker
Period : March 2015 – Current
Duties : Fabrication and repair
Company : Vaal Engineering
Position : Apprentice Boilermaker
Period : February 2009 – February 2015
Reason for leaving : Better offer
REFERENCES
Mr P. Naidoo – Foreman – 011 555 0188
""",
    ),
    Unseen(
        key="driver plain",
        name="Earl Dean Hutchins",
        email=None,
        phone="662-555-0138",
        title="Truck Driver",
        employer="Delta Freightways",
        begins="2001",
        jobs=2,
        text="""\
EARL DEAN HUTCHINS
Route 2 Box 45
Okolona, Mississippi
662-555-0138

EXPERIENCE

Truck Driver
Delta Freightways
Tupelo, MS
2009 - Present

Truck Driver
Magnolia Gravel
Okolona, MS
2001 - 2009

LICENSE
Class A CDL with Hazmat
""",
    ),
)
