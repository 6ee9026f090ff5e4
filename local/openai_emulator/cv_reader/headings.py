"""Headings of CVs in five languages, and words that make a short line a heading."""

from __future__ import annotations

_HEADINGS = {
    "experience": (
        "current position|previous positions|current employment|previous employment|present position"
        "|experience|work experience|professional experience|employment|employment history|work history"
        "|career history|career experience|career summary and experience|career|relevant experience"
        "|positions|positions held|professional background|job history|career experience job history"
        "|industry experience|research experience|appointments|academic appointments"
        "|professional appointments|teaching experience|internships|internship experience|work|experiences"
        "|professional history|employment record|experience summary|career overview|projekthistorie"
        "|projekterfahrung|projektreferenzen"
        "|employment details|work experience details|professional experiences|project experience"
        "|work experiences"
        "|internship|military experience|leadership experience|key experience|career progression"
        "|career profile and experience|berufserfahrung|erfahrung|erfahrungen|wissenschaftlicher werdegang"
        "|beruflicher werdegang|berufspraxis"
        "|praktische erfahrung|werdegang|berufliche erfahrung|berufliche stationen|berufstatigkeit"
        "|praktika|arbeitserfahrung|praxiserfahrung|berufliche tatigkeit|berufliche tatigkeiten"
        "|berufliche laufbahn|experiencia|experiencia profesional|experiencia laboral|historial laboral"
        "|trayectoria profesional|experiencia de trabajo|practicas|trayectoria|experience professionnelle"
        "|experiences professionnelles|parcours professionnel|stages|職歴|職務経歴|工作经历|工作經歷"
    ),
    "education": (
        "education|school|education and training|education training|academic background"
        "|academic qualifications"
        "|qualifications and education|educational background|educational qualifications"
        "|educational qualification|academic history|academics|studies|education and qualifications"
        "|education qualifications|academic profile|academic record"
        "|education and professional qualification|education and certifications|schooling|degrees"
        "|academic credentials|educational details|academic details|academic education|training"
        "|formal education|education details|scholastics|qualification|qualifications|ausbildung|bildung"
        "|bildungsweg|studium|akademische ausbildung|schulbildung|schulausbildung|aus und weiterbildung"
        "|ausbildung und studium|studium und ausbildung|bildungsgang|hochschulbildung"
        "|schulischer werdegang|akademischer werdegang|ausbildungsweg|hochschulstudium|schule"
        "|schule und studium|berufsausbildung|schule und ausbildung|formacion|formacion academica"
        "|educacion|estudios|educacion y formacion|formacion reglada|datos academicos|titulacion|formation"
        "|formations|etudes|parcours scolaire|diplomes|formation academique|diplomes et formations|学歴"
        "|学歴 職歴|教育背景|教育经历"
    ),
    "skills": (
        "skills|technical skills|key skills|core skills|core competencies|competencies|top skills"
        "|professional skills|skills summary|skills and abilities|skill set|skillset|areas of expertise"
        "|expertise|technologies|technical proficiencies|technical expertise|tools|tools and technologies"
        "|it skills|computer skills|soft skills|hard skills|technical summary|skills tools"
        "|skills and tools|programming|technical knowledge|skills awards|skills and awards"
        "|skills and interests|applied skills|skills profile|technical competencies|software"
        "|software skills|additional skills|other skills|personal skills|strengths|key strengths"
        "|core strengths|digital skills|tech stack|technical toolbox|areas of knowledge|proficiencies"
        "|specialties|specialities|skills and expertise|skills expertise|key competencies"
        "|skills and competences|programming languages|summary of skills|professional competencies"
        "|technical environment|kenntnisse|fahigkeiten|kenntnisse und fahigkeiten|fachkenntnisse"
        "|it kenntnisse|edv kenntnisse|kompetenzen|fachliche kompetenzen|kernkompetenzen"
        "|technische kenntnisse|besondere kenntnisse|technologien|software kenntnisse|starken"
        "|qualifikationen|weitere kenntnisse|soziale kompetenzen|fahigkeiten und kenntnisse|edv"
        "|it skills und tools|werkzeuge|computer knowledge|computer proficiency|computer literacy"
        "|it proficiency"
        "|software proficiency|it knowledge|technical proficiency|technical qualification|software known"
        "|competencias|habilidades|aptitudes|conocimientos|conocimientos informaticos"
        "|competencias tecnicas|habilidades tecnicas|competencias digitales|informatica|destrezas"
        "|habilidades y competencias|competences|competences techniques|savoir faire|savoir etre"
        "|competences informatiques|outils|スキル|技能"
    ),
    "languages": (
        "languages|language skills|spoken languages|language|foreign languages|language proficiency"
        "|languages known|language competencies|mother tongue|sprachen|sprachkenntnisse|fremdsprachen"
        "|idiomas|lenguas|idioma|langues|langues etrangeres|語学|语言"
    ),
    "certifications": (
        "certifications|certificates|licenses and certifications|certifications and licenses|licenses"
        "|certification|professional certifications|courses|courses and certifications"
        "|training and certifications|licenses certifications|certifications training|accreditations"
        "|professional development|professional qualifications|certifications licenses"
        "|certificates and training|training courses|additional training|certified training|zertifikate"
        "|zertifizierungen|weiterbildung|weiterbildungen|fortbildungen|fortbildung"
        "|zertifikate und weiterbildungen|lizenzen|zusatzqualifikationen|zertifikate weiterbildung"
        "|certificaciones|certificados|cursos|formacion complementaria|cursos y certificaciones"
        "|certificats|免許 資格|資格|证书"
    ),
    "summary": (
        "summary|profile|professional summary|about|about me|personal statement|objective|career objective"
        "|professional profile|executive summary|career summary|personal profile|summary of qualifications"
        "|summary of qualification|career profile|overview|introduction|career goal|goal|profile summary"
        "|highlights|qualifications summary|key achievements|professional objective|career highlights"
        "|job objective|statement|bio|biography|professional overview|career objectives|objectives|profil"
        "|kurzprofil|uber mich|zusammenfassung|personliches profil|berufsziel|berufliches profil|perfil"
        "|perfil profesional|resumen|resumen profesional|sobre mi|extracto|objetivo|objetivo profesional"
        "|acerca de mi|a propos|profil professionnel|resume professionnel|objectif|自己pr|志望動機"
    ),
    "contact": (
        "personal|contact|contact information|contact details|contact info|personal details"
        "|personal information"
        "|personal data|personal info|address|bio data|personal particulars|kontakt|kontaktdaten"
        "|personliche daten|personliche angaben|angaben zur person|zur person|personalien|anschrift"
        "|contacto|datos personales|datos de contacto|informacion personal|informacion de contacto"
        "|contactez moi|coordonnees|informations personnelles|etat civil|links|profiles|social media"
        "|passport details|passport information"
        "|online|weblinks|enlaces|social"
    ),
    "projects": (
        "projects|personal projects|key projects|selected projects|academic projects|open source"
        "|side projects|project details|project work|academic project|portfolio|open source projects"
        "|projekte|proyectos|projets|projektliste|projektarbeit"
    ),
    "publications": (
        "publications|selected publications|papers|books|journal articles|patents|talks|invited talks"
        "|conference proceedings|presentations|scientific publications|articles|speaking engagements"
        "|conferences|publikationen|veroffentlichungen|publicaciones|vortrage|patente|patentes"
        "|conference papers|working papers|bibliography"
    ),
    "references": (
        "references|referees|referenzen|referencias|references available on request"
        "|professional references|character references|character reference|reference|reference list"
        "|professional reference|推薦者|personal references"
    ),
    "awards": (
        "awards|honors|honours|awards and honors|honors and awards|achievements|scholarships"
        "|prizes and awards|selected honors|awards and recognition|awards recognition|fellowships"
        "|honorary societies|accomplishments|grants|awards and achievements|recognition|prizes"
        "|auszeichnungen|preise|stipendien|premios|reconocimientos|distinctions|most proud of"
        "|honors awards|awards honors|academic achievements|academic honors|becas|logros"
    ),
    "interests": (
        "interests|hobbies|hobbies and interests|interests and hobbies|personal interests|activities"
        "|extracurricular activities|hobbys|interessen|freizeit|intereses|aficiones|hobbys und interessen"
        "|interessen und hobbys|loisirs|centres d interet|extra curricular activities|life philosophy"
        "|my life philosophy|a day of my life|activities and interests|趣味 特技"
    ),
    "volunteering": (
        "volunteering|volunteer experience|volunteer work|community service|voluntary work|volunteer"
        "|ehrenamt|ehrenamtliches engagement|engagement|voluntariado|benevolat|volunteer activities"
        "|community involvement|soziales engagement"
    ),
    "memberships": (
        "memberships|affiliations|professional affiliations|professional memberships|mitgliedschaften"
        "|asociaciones|membership|professional associations|affiliations memberships"
    ),
    "preferences": (
        "availability|work authorization|preferences|verfugbarkeit|disponibilidad|additional information"
        "|other information|miscellaneous|sonstiges|otros datos|altro|otra informacion|datos de interes"
        "|weitere angaben|zusatzliche informationen|divers|informacion adicional|otros|additional"
        "|clearance|military service|wehrdienst|other|declaration|personal dossier|job applied for"
        "|position|nationality|その他特記事項|weiteres|wehrdienst zivildienst|security clearance"
        "|driving licence"
        "|fuhrerschein"
    ),
}

HEADINGS: dict[str, tuple[str, ...]] = {kind: tuple(text.split("|")) for kind, text in _HEADINGS.items()}

_HEADING_WORDS = {
    "experience": "experience experiences employment berufserfahrung werdegang experiencia internships",
    "education": "education ausbildung studium formacion educacion",
    "skills": "skills kenntnisse competencies competences proficiencies habilidades expertise",
    "languages": "languages sprachkenntnisse idiomas langues",
    "certifications": "certifications certificates zertifikate certificaciones licenses",
    "projects": "projects projekte proyectos",
    "publications": "publications publikationen publicaciones patents talks",
    "references": "references referees referenzen referencias",
    "awards": "awards honors honours achievements scholarships premios prizes",
    "interests": "interests hobbies hobbys interessen",
    "summary": "summary objective kurzprofil zusammenfassung",
    "volunteering": "volunteering volunteer voluntariado ehrenamt",
    "memberships": "memberships affiliations mitgliedschaften",
}

HEADING_WORDS: dict[str, tuple[str, ...]] = {
    kind: tuple(text.split()) for kind, text in _HEADING_WORDS.items()
}
