"""CVs as the text of well-known LaTeX templates and of Europass comes out of a PDF."""

from __future__ import annotations

from tests.unit.cv_reader.unseen.model import Unseen

CVS = (
    Unseen(
        key="moderncv classic",
        name="Ottilie Brandmeier",
        email="ottilie.brandmeier@example.org",
        phone="+49 30 23125 042",
        title="Process Engineer",
        employer="Halvorsen Chemie GmbH",
        begins="2012-09",
        jobs=3,
        text="""\
Ottilie Brandmeier
Process Engineer
Kastanienallee 17
10435 Berlin, Germany
 +49 30 23125 042
 ottilie.brandmeier@example.org
 www.brandmeier.example.org
“Chemistry is a contact sport”
Education
2010–2012 M.Sc. Chemical Engineering, Technische Universität Berlin, Berlin, 1.4.
2007–2010 B.Sc. Chemical Engineering, Universität Stuttgart, Stuttgart, 1.9.
Master thesis
title Membrane fouling in small columns
supervisors Professor A. Lindqvist
Experience
Vocational
Mar 2018–
present
Process Engineer, Halvorsen Chemie GmbH, Berlin.
Responsible for two distillation lines.
Detailed achievements:
○ Reduced solvent losses by 14%
○ Led a team of 4 technicians
Oct 2014–
Feb 2018
Junior Process Engineer, Rheinwerk Polymere AG, Leverkusen.
Scale-up of a batch reactor.
Miscellaneous
Sep 2012–
Sep 2014
Laboratory Assistant, Institut für Membrantechnik, Berlin.
Languages
German Mothertongue
English Fluent
Computer skills
basic Aspen Plus, MATLAB
intermediate Python, LATEX
""",
    ),
    Unseen(
        key="awesome cv",
        name="Theodric Vane",
        email="theo.vane@example.com",
        phone="(+1) 212-555-0147",
        title="Site Reliability Engineer",
        employer="Quillon Systems",
        begins="2013-07",
        jobs=3,
        text="""\
Theodric Vane
SITE RELIABILITY ENGINEER · CLOUD ARCHITECT
42, Harbour Road, Springfield, OR 97477, USA
(+1) 212-555-0147 | theo.vane@example.com | www.theovane.example.com | tvane | theovane
“Make the change that you want to see in the world."
Summary
Current Site Reliability Engineer at start-up Quillon Systems. 10+ years experience specializing in \
backend development, infrastructure automation, and computer hacking.
Work Experience
Quillon Systems Portland, OR
SITE RELIABILITY ENGINEER Jun. 2019 - PRESENT
• Everything related with Kubernetes.
• Implemented infrastructure as code with Terraform.
Bramble & Finch Seattle, WA
SOFTWARE ENGINEER Aug. 2016 - May 2019
• Implemented API server communicating with a machine learning server.
NorthPeg Inc. Boise, ID
JUNIOR SOFTWARE DEVELOPER Jul. 2013 - Jul. 2016
• Developed an internal billing tool in Ruby.
Honors & Awards
INTERNATIONAL
2018 Finalist, DEFCON 26th CTF Hacking Competition World Final Las Vegas, U.S.A
2014 2nd Place, AWS ASEAN AI/ML GameDay Online
Education
Oregon State University Corvallis, OR
B.S. IN COMPUTER SCIENCE AND ENGINEERING Sep. 2009 - Jun. 2013
JUNE 4, 2024 THEODRIC VANE · RÉSUMÉ 1
""",
    ),
    Unseen(
        key="deedy",
        name="Marisol Quintero",
        email="marisol.q@example.com",
        phone="608.555.0182",
        title="Researcher",
        employer="Cornell Robot Learning Lab",
        begins="2022-05",
        jobs=3,
        text="""\
Last Updated on 1st March 2024
Marisol Quintero
www.marisolq.example.com
marisol.q@example.com | 608.555.0182 | mq123@example.net
EDUCATION
CORNELL UNIVERSITY
MENG IN COMPUTER SCIENCE
Expected Dec 2024 | Ithaca, NY
Cum. GPA: 3.83 / 4.0
UNIVERSITY OF WISCONSIN
BS IN COMPUTER SCIENCE
May 2023 | Madison, WI
LINKS
Github:// marisolq
LinkedIn:// marisolquintero
YouTube:// marisolq007
COURSEWORK
GRADUATE
Advanced Machine Learning
Open Source Software Engineering
SKILLS
PROGRAMMING
Over 5000 lines:
Java • Shell • JavaScript • Matlab
Over 1000 lines:
C • C++ • CSS • PHP
Familiar:
iOS • Android • MySQL
EXPERIENCE
LUMENFIELD | SOFTWARE ENGINEERING INTERN
May 2023 – Aug 2023 | Mountain View, CA
• 52 out of 2500 applicants chosen to be a fellow 2023.
• Led and shipped Yoda - an admin interface for the new Phoenix platform.
TALLOWAY BOOKS | WEB DEVELOPMENT INTERN
May 2022 – Aug 2022 | Mountain View, CA
• Rewrote the checkout in AngularJS.
RESEARCH
CORNELL ROBOT LEARNING LAB | Researcher
Jan 2024 – Present | Ithaca, NY
Worked with Ashesh Jain and Prof Saxena.
AWARDS
2020 top 52/2500 KPCB Engineering Fellow
""",
    ),
    Unseen(
        key="rendercv classic",
        name="Pim van der Heuvel",
        email="pim.vdheuvel@example.com",
        phone="020 7946 0991",
        title="Head of Data",
        employer="Nimbus Labs",
        begins="2012-06",
        jobs=3,
        text="""\
Last updated in Sept 2024
Pim van der Heuvel
Amsterdam, NL | pim.vdheuvel@example.com | 020 7946 0991 | rendercv.example.com | \
linkedin.com/in/pimvdh | github.com/pimvdh
Welcome to RenderCV!
RenderCV reads a CV written in a YAML file, and generates a PDF with professional typography.
Education
University of Twente, BS in Computer Science Sept 2007 – May 2012
• GPA: 8.1/10
Experience
Nimbus Labs, Head of Data Amsterdam, NL
• Built the data platform from the ground up
• Hired 11 people
Jan 2020 – present
4 years 9 months
Polder Analytics, Data Engineer Utrecht, NL
• Moved 300 jobs to Airflow
Mar 2016 – Dec 2019
3 years 10 months
Grachten BV, Software Intern Amsterdam, NL
• Wrote a crawler
June 2012 – Aug 2012
3 months
Publications
3D Finite Element Analysis of No-Insulation Coils Jan 2004
F. Tester, **P. van der Heuvel**, S. Orr
10.1109/TASC.2023.3340648
Technologies
Languages: C++, C, Java, Objective-C, C#, SQL, JavaScript
Technologies: .NET, Microsoft SQL Server, XCode, Interface Builder
""",
    ),
    Unseen(
        key="europass new",
        name="Zsófia Kerényi-Halász",
        email="zsofia.kerenyi@example.org",
        phone="(+36) 15550123",
        title="Logistics Coordinator",
        employer="Pannon Freight Kft.",
        begins="2015-02",
        jobs=2,
        text="""\
Zsófia Kerényi-Halász
Date of birth: 14/03/1989 | Nationality: Hungarian | Gender: Female | Phone number:
(+36) 15550123 (Mobile) | Email address: zsofia.kerenyi@example.org | Address: Petőfi utca 12,
1052, Budapest, Hungary (Home)
WORK EXPERIENCE
04/09/2019 – CURRENT Budapest, Hungary
LOGISTICS COORDINATOR PANNON FREIGHT KFT.
◦ planning of routes for 40 lorries
◦ customs clearance
Business or Sector Transportation and storage | Department Dispatch | Email dispatch@example.net |
Website www.pannonfreight.example
02/02/2015 – 31/08/2019 Győr, Hungary
OFFICE ASSISTANT KISALFÖLD TRANSPORT ZRT.
◦ filing and correspondence
EDUCATION AND TRAINING
01/09/2008 – 30/06/2013 Budapest, Hungary
BSC IN TECHNICAL MANAGEMENT Budapest University of Technology
LANGUAGE SKILLS
MOTHER TONGUE(S): Hungarian
OTHER LANGUAGE(S): English
Listening C1 Reading C1 Spoken production B2 Spoken interaction B2 Writing B2
Levels: A1 and A2: Basic user; B1 and B2: Independent user; C1 and C2: Proficient user
DIGITAL SKILLS
SAP / Microsoft Office / TMS
1/2
""",
    ),
    Unseen(
        key="europass old labels",
        name="Aldo Ferrantini",
        email="aldo.ferrantini@example.com",
        phone="+39 055 5550 0171",
        title="Structural engineer",
        employer="Studio Arcolai",
        begins="2008-05",
        jobs=2,
        text="""\
Europass
Curriculum Vitae
Personal information
First name(s) / Surname(s) Aldo Ferrantini
Address(es) 14, via dei Tigli, 50122, Firenze, Italy
Telephone(s) +39 055 5550 0171 Mobile: +39 320 555 0171
Fax(es) +39 055 5550 0199
E-mail aldo.ferrantini@example.com
Nationality Italian
Date of birth 02.11.1980
Gender Male
Work experience
Dates 01 March 2014 →
Occupation or position held Structural engineer
Main activities and responsibilities Design of steel bridges
Name and address of employer Studio Arcolai, via Roma 3, 50123 Firenze
Type of business or sector Civil engineering
Dates May 2008 - February 2014
Occupation or position held Draughtsman
Main activities and responsibilities CAD drawings
Name and address of employer Edilnova S.p.A., Prato
Type of business or sector Construction
Education and training
Dates 1999-2006
Title of qualification awarded Laurea in Ingegneria Civile
Name and type of organisation providing education and training Università degli Studi di Firenze
Page 1/2 - Curriculum vitae of For more information on Europass go to http://europass.cedefop.europa.eu
Ferrantini Aldo © European Union, 2004-2010 24082010
""",
    ),
)
