"""Words that tell CVs from other documents, folded (no accents, no capitals), in the languages of our CVs."""

from __future__ import annotations

from typing import Final


def _phrases(listed: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in listed.split("|"))


HEADINGS: Final[dict[str, frozenset[str]]] = {
    "profile": _phrases(
        """
        about me | about | profile | summary of qualifications | summary of qualification |
        key qualifications | personal profile | professional profile | summary | professional summary |
        executive summary | career summary | objective | career objective | personal statement | profil |
        kurzprofil | uber mich | zusammenfassung | perfil | perfil profesional | perfil profissional |
        resumen | resumo | objetivo | sobre mi | sobre mim | profil professionnel | a propos | profilo |
        zainteresowania i cele | podsumowanie | podsumowanie zawodowe | o mnie | o mne | hakkımda | hakkimda |
        ozet | profiel | om mig | om meg | despre mine | osszefoglalas | обо мне | о себе | цель |
        про мене | мета | желаемая должность | προφιλ | نبذة عني | الملخص | אודות | 자기소개 | 소개 |
        自己pr | 自己紹介 | 職務要約 | 个人简介 | 自我评价
        """
    ),
    "personal": _phrases(
        """
        personal details | personal information | personal data | contact | contact details |
        contact information | personliche daten | personalien | zur person | angaben zur person |
        kontakt | kontaktdaten | datos personales | contacto | dados pessoais | contato |
        informacion personal | informations personnelles | coordonnees | etat civil | dati personali |
        contatti | dane osobowe | osobni udaje | osobne udaje | kisisel bilgiler | iletisim |
        iletisim bilgileri | persoonlijke gegevens | personuppgifter | date personale |
        szemelyes adatok | контакты | контактная информация | контактні дані | контактна інформація |
        личная информация | личные данные | особисті дані | προσωπικα στοιχεια | معلومات شخصية |
        المعلومات الشخصية | פרטים אישיים | 인적사항 | 연락처 | 連絡先 | 基本情報 | 个人信息 | 联系方式
        """
    ),
    "experience": _phrases(
        """
        experience | work experience | professional experience | career experience | job history |
        employment | employment history | work history | career history | career |
        professional background | positions | relevant experience | appointments | berufserfahrung |
        beruflicher werdegang | berufspraxis | werdegang | praktische erfahrung | berufliche tatigkeit |
        experiencia | experiencia laboral | experiencia profesional | trayectoria profesional |
        experiencia profissional | historico profissional | experience professionnelle |
        experiences professionnelles | parcours professionnel | esperienza | esperienza professionale |
        esperienze professionali | esperienza lavorativa | werkervaring | historial laboral |
        doswiadczenie | doswiadczenie zawodowe | przebieg kariery | pracovni zkusenosti |
        pracovne skusenosti | praxe | is deneyimi | is deneyimleri | deneyim |
        arbetslivserfarenhet | arbeidserfaring | erhvervserfaring | experienta profesionala |
        szakmai tapasztalat | munkatapasztalat | опыт | опыт работы | трудовая деятельность |
        досвід | досвід роботи | εργασιακη εμπειρια | επαγγελματικη εμπειρια | خبرات |
        الخبرات | الخبرة العملية | الخبرات العملية | ניסיון | ניסיון תעסוקתי | 경력 | 경력사항 |
        職歴 | 職務経歴 | 工作经历 | 工作经验 | 实习经历
        """
    ),
    "education": _phrases(
        """
        education | educational attainment | education and training | education & training |
        academic background | academic qualifications | educational background | qualifications |
        studies | degrees | ausbildung | bildung | bildungsweg | schulbildung | studium |
        ausbildung und studium | akademischer werdegang | formacion | formacion academica | educacion |
        estudios | formacao | formacao academica | educacao | formation | formations | etudes | diplomes |
        formazione | istruzione | istruzione e formazione | opleiding | opleidingen | wykształcenie |
        edukacja | vzdelani | vzdelanie | egitim | egitim bilgileri | utbildning |
        utdanning | uddannelse | educatie | studii | tanulmanyok | vegzettseg | образование |
        дополнительное образование | освіта | εκπαιδευση | σπουδεσ | التعليم | المؤهلات العلمية |
        השכלה | 학력 | 학력사항 | 学歴 | 学歴・職歴 | 学历 | 教育背景 | 教育经历
        """
    ),
    "skills": _phrases(
        """
        skills | technical skills | key skills | skills & interests | core skills | core competencies |
        competencies | expertise | areas of expertise | technologies | tools | it skills |
        computer skills | programming languages | kenntnisse | fahigkeiten | kompetenzen |
        edv-kenntnisse | it-kenntnisse | fachkenntnisse | competencias | habilidades | aptitudes |
        conocimientos | competencias tecnicas | competences | competences techniques | competenze |
        competenze tecniche | conoscenze | vaardigheden | umiejetnosci | dovednosti | zrucnosti |
        znalosti | beceriler | yetenekler | kompetens | fardigheter | ferdigheter | kompetencer |
        competente | aptitudini | keszsegek | навыки | ключевые навыки | профессиональные навыки |
        навички | ключові навички | професіині навички | δεξιοτητεσ | المهارات | مهارات |
        כישורים | מיומנויות | 기술 | 보유기술 | 기술스택 | スキル | 技能 | 专业技能 | 技能特长
        """
    ),
    "languages": _phrases(
        """
        languages | language skills | sprachen | sprachkenntnisse | idiomas | langues | lingue | linguas |
        talen | jezyki | jezyki obce | znajomosc jezykow | jazyky | jazykove znalosti | diller |
        yabancı dil | yabancı diller | sprak | sprog | limbi straine | nyelvismeret | языки |
        знание языков | иностранные языки | мови | знання мов | ξενεσ γλωσσεσ | γλωσσεσ | اللغات |
        שפות | 어학 | 외국어 | 語学 | 语言能力
        """
    ),
    "credentials": _phrases(
        """
        certifications | certificates | licences | licenses | training | courses | awards | honors |
        honors and awards | honours | publications | projects | selected projects | personal projects |
        references | referees | volunteering | volunteer experience | extracurricular activities |
        interests | hobbies | zertifikate | zertifizierungen | weiterbildung | fortbildungen |
        auszeichnungen | publikationen | projekte | referenzen | interessen | ehrenamt | certificaciones |
        cursos | premios | referencias | proyectos | publicaciones | certificacoes | projetos |
        premios e distincoes | certificats | centres d'interet | loisirs | certificazioni |
        pubblicazioni | interessi | certyfikaty | kursy i szkolenia | szkolenia | zainteresowania |
        certifikaty | kurzy | sertifikalar | referanslar | hobi | hobiler | intressen | referenser |
        kurser | certificari | курсы | сертификаты | достижения | проекты | рекомендации | увлечения |
        дополнительная информация | сертифікати | курси | досягнення | проєкти | додаткова інформація |
        πιστοποιησεισ | الدورات | الشهادات | קורסים | המלצות | 자격증 | 자격사항 | 수상경력 | 프로젝트 |
        資格 | 免許・資格 | 免許 | 趣味 | 证书 | 项目经历 | 获奖情况
        """
    ),
}

TITLES: Final = _phrases(
    """
    curriculum vitae | curriculum | cv | resume | lebenslauf | tabellarischer lebenslauf | curriculo |
    zyciorys | zivotopis | ozgecmis | meritforteckning | oneletrajz | резюме | βιογραφικο σημειωμα |
    βιογραφικο | السيرة الذاتية | سيرة ذاتية | קורות חיים | 이력서 | 履歴書 | 職務経歴書 | 简历 | 个人简历
    """
)

# Words of a person's working life, in running text.
CAREER_WORDS: Final = _phrases(
    """
    engineer | developer | manager | consultant | analyst | teacher | nurse | intern | internship |
    assistant | director | officer | technician | designer | accountant | supervisor | administrator |
    researcher | professor | lecturer | scientist | specialist | coordinator | trainee | apprentice |
    freelance | bachelor | master | phd | doctorate | diploma | university | college | school | degree |
    gpa | bsc | msc | mba | experience | experienced | responsible | responsibilities | managed | led |
    developed | designed | implemented | proficient | fluent | certified | entwickler | ingenieur |
    leiter | leiterin | mitarbeiter | praktikum | praktikant | studium | universitat | hochschule |
    abitur | abschluss | kenntnisse | muttersprache | verhandlungssicher | ingeniero | desarrollador |
    enfermera | profesor | licenciatura | universidad | grado | experiencia | practicas | nivel | nativo |
    gestion | engenheiro | desenvolvedor | universidade | developpeur | stage | licence | universite |
    ingegnere | laurea | universita | inzynier | kierownik | uniwersytet | politechnika | studia |
    doswiadczenie | muhendis | universitesi | mezun | lisans | разработчик | инженер | менеджер |
    руководитель | специалист | бухгалтер | администратор | преподаватель | опыт | работы | обязанности |
    разработка | университет | институт | колледж | факультет | специальность | бакалавр | магистр |
    родноі | родная | знание | владение | розробник | інженер | досвід | університет | інститут |
    спеціальність | πανεπιστημιο | πτυχιο | μηχανικοσ | εμπειρια | 졸업 | 대학교 | 담당 | 업무 | 개발 |
    卒業 | 入社 | 入学
    """
)

# Of each other kind of document, what it says and a CV hardly does.
OTHER_KINDS: Final[dict[str, frozenset[str]]] = {
    "invoice": _phrases(
        """
        invoice | invoice number | invoice no | bill to | ship to | amount due | total due | balance due |
        payment terms | payment due | due date | subtotal | vat | purchase order | unit price | quantity |
        qty | net 30 | remit | sort code | iban | bic | rechnung | rechnungsnummer | rechnungsdatum |
        zahlbar | mwst | ust | umsatzsteuer | nettobetrag | gesamtbetrag | bruttobetrag | einzelpreis |
        menge | zahlungsziel | steuernummer | factura | numero de factura | importe | base imponible |
        iva | total a pagar | vencimiento | fatura | facture | montant | tva | fattura | imponibile |
        請求書 | 合計金額 | 发票
        """
    ),
    "letter": _phrases(
        """
        dear sir | dear sir or madam | dear madam | dear mr | dear ms | dear mrs | dear hiring manager |
        dear team | to whom it may concern | yours sincerely | yours faithfully | sincerely |
        kind regards | best regards | i am writing | i look forward | thank you for your |
        please do not hesitate | sehr geehrte | sehr geehrter | mit freundlichen grussen | hiermit |
        uber eine einladung | estimado | estimada | muy senor | atentamente | un cordial saludo |
        le saluda | prezado | prezada | atenciosamente | madame, monsieur | cordialement |
        salutations distinguees | egregio | gentile | cordiali saluti | 拝啓 | 敬具
        """
    ),
    "contract": _phrases(
        """
        hereinafter | hereby | the parties | the party | agreement | this agreement | contract | whereas |
        in witness whereof | termination | terminate | governing law | confidentiality | indemnify |
        liability | clause | shall | the employer | the employee | the tenant | the landlord |
        the contractor | vertrag | arbeitsvertrag | mietvertrag | vertragsparteien | nachfolgend |
        kundigung | kundigungsfrist | haftung | gerichtsstand | arbeitgeber | arbeitnehmer | vermieter |
        mieter | contrato | las partes | clausula | en adelante | el arrendador | el arrendatario |
        as partes | contrat | les parties | ci-apres | contratto | le parti | 契約書 | 甲 | 乙
        """
    ),
    "recipe": _phrases(
        """
        ingredients | preheat | oven | tablespoon | tablespoons | teaspoon | teaspoons | tbsp | tsp |
        bake | stir | simmer | serves | servings | chopped | whisk | saucepan | garlic | onion | butter |
        flour | sugar | zutaten | backofen | vorheizen | essloffel | teeloffel | zwiebel | mehl | zucker |
        backen | ruhren | portionen | ingredientes | horno | precalentar | cucharada | cucharadas |
        harina | azucar | cebolla | hornear | ingredienti | forno | farina | cucchiai | zucchero |
        farine | cuillere | oeufs | beurre | 材料 | 作り方
        """
    ),
    "job advert": _phrases(
        """
        we are looking for | we are hiring | we offer | what we offer | you will | your tasks |
        your profile | your responsibilities | about the role | about us | the role |
        the ideal candidate | how to apply | apply now | send your cv | send us your |
        equal opportunity employer | requirements | nice to have | competitive salary | salary range |
        per annum | closing date | benefits | join our | join us | wir suchen | wir bieten |
        ihre aufgaben | ihr profil | deine aufgaben | dein profil | bewirb dich | bewerben sie sich |
        m/w/d | stellenangebot | buscamos | ofrecemos | se ofrece | requisitos | incorporacion |
        tus funciones | envia tu | nous recherchons | nous offrons | vos missions | votre profil |
        cerchiamo | offriamo | procuramos | oferecemos | 募集要項 | 応募
        """
    ),
}
