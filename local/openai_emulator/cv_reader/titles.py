"""Job titles and employers: the words by which a reader tells one from the other."""

from __future__ import annotations

import re

from local.openai_emulator.cv_reader.folding import fold

_TITLE_WORDS_TEXT = (
    "engineer developer manager director analyst consultant architect administrator designer scientist "
    "researcher professor lecturer teacher tutor instructor nurse doctor physician surgeon pharmacist "
    "therapist technician mechanic electrician plumber carpenter welder driver pilot operator "
    "supervisor coordinator co-ordinator specialist officer executive president vp ceo cto cfo coo cio "
    "cmo founder cofounder co-founder owner partner head lead leader chief principal associate "
    "assistant intern internship trainee apprentice apprenticeship clerk secretary receptionist cashier "
    "accountant auditor bookkeeper controller treasurer buyer planner strategist writer editor "
    "journalist reporter copywriter translator interpreter photographer artist producer actor musician "
    "chef cook waiter waitress bartender barista steward stewardess salesperson salesman representative "
    "rep agent broker banker trader underwriter adviser advisor counselor counsellor attorney lawyer "
    "paralegal solicitor judge programmer tester sysadmin dba master contractor freelancer volunteer "
    "fellow postdoc curator librarian caretaker cleaner guard soldier recruiter marketer merchandiser "
    "stylist hairdresser fundraiser ambassador worker helper labourer laborer foreman inspector "
    "evaluator expert maintainer creator contributor mentor coach trainer practitioner investigator "
    "dispatcher keeper superintendent chairman chairperson chair dean secretary-general newsreader "
    "anchor presenter blogger educator paramedic firefighter dentist veterinarian psychologist "
    "economist statistician mathematician physicist chemist biologist geologist machinist installer "
    "estimator surveyor draftsman handyman janitor housekeeper nanny babysitter hostess manageress sre "
    "devops hr student doctoral gardener baker butcher tailor waitstaff carer caregiver courier picker "
    "packer "
    "roofer plasterer painter builder bricklayer decorator midwife radiographer aide teller porter sommelier "
    "hygienist lifeguard ranger farmer sergeant captain lieutenant corporal commander postdoctoral referent "
    "bartending crew caseworker optometrist optician locksmith florist model dancer jeweller upholsterer "
    # Spanish
    "ingeniero ingeniera desarrollador desarrolladora programador programadora directora gerente jefe "
    "jefa responsable encargado encargada coordinador coordinadora analista consultor consultora "
    "tecnico tecnica administrativo administrativa auxiliar asistente ayudante enfermero enfermera "
    "medico medica profesor profesora maestro maestra docente vendedor vendedora dependiente "
    "dependienta comercial camarero camarera cocinero cocinera conductor operario operaria becario "
    "becaria investigador investigadora arquitecto arquitecta abogado abogada contable recepcionista "
    "secretario secretaria disenador disenadora redactor redactora traductor traductora voluntario "
    "voluntaria socio fundador fundadora "
    # French
    "ingenieur developpeur developpeuse directeur directrice stagiaire technicien technicienne vendeur "
    "vendeuse infirmier infirmiere professeur comptable alternant alternante charge chargee conseiller "
    "conseillere ingenieure cheffe assistante "
    # German words that stand alone
    "geselle praktikum werkstudent aushilfe azubi auszubildender auszubildende hilfskraft leitung "
    "teamleitung projektleitung geschaftsfuhrung vorstand prokurist prokuristin hospitant"
)
_TITLE_WORDS = frozenset(_TITLE_WORDS_TEXT.split())
_GERMAN_STEMS = re.compile(
    r"(?:leiter|ingenieur|entwickler|berater|manager|referent|kaufmann|kauffrau|mechaniker|techniker"
    r"|assistent|sachbearbeiter|lehrer"
    r"|pfleger|schwester|arzt|arztin|verkaufer|fuhrer|praktikant|werkstudent|koch|kochin|fahrer|mitarbeiter"
    r"|forscher|wissenschaftler|dozent|redakteur"
    r"|architekt|informatiker|administrator|spezialist|koordinator|chef|sekretar|buchhalter|prufer|jurist"
    r"|fachmann|fachfrau|anwalt|chemiker|biologe|physiker"
    r"|laborant|monteur|elektroniker|schlosser|meister|tischler|maler|betreuer|erzieher|trainer|designer"
    r"|analyst|disponent|controller"
    r"|mechatroniker|kellner|backer|gartner|angestellte|angestellter|beamter|fachkraft|programmierer|tester"
    r"|inspektor|planer|helfer|zeichner|gestalter|schweisser|maurer|installateur|professor|texter|einkaufer"
    r"|ubersetzer|dolmetscher|lektor|metzger|friseur"
    r"|kosmetiker|optiker|apotheker|psychologe?|padagoge?|therapeut|steuermann|steuerfrau|wirt)(?:in|innen"
    r"|/in|\*in|:in)?$"
)
_GERMAN_HOUSE = re.compile(
    r"(?:werke|buro|haus|klinik|bank|verlag|gesellschaft|betrieb|handel|kanzlei|bau|kasse)$"
)
_EMPLOYER_WORDS_TEXT = (
    "gmbh ag kg kgaa ohg mbh ltd limited llc llp inc corp corporation company plc pvt pte sarl sas "
    "spa srl bv nv oy ab group gruppe holding holdings associates sons bank university college school "
    "hospital clinic klinik klinikum clinica institute institut instituto istituto politecnico universita"
    " ministry ministerium agency "
    "agentur council commission foundation stiftung verlag labs lab laboratories technologies "
    "technology solutions industries universitat universidad universitat universite hochschule "
    "krankenhaus infirmary practice surgery praxis restaurant hotel cafe store stores supermarket motors"
    " airlines airways "
    "insurance versicherung versicherungen sparkasse stadtwerke gemeinde ayuntamiento colegio banco "
    "grupo army navy house society institution association verein centre center zentrum studio studios "
    "energy pharma chemie logistics logistik transport foods media partners ventures capital networks "
    "mills lumber bureau dentistry publishing library museum academy akademie church journal times news "
    "brothers enterprises telecom "
    "communications electronics automotive retail office trust charity nhs bbc europe worldwide werk "
    "werke werkstatt oficina bufete despacho taller betriebe handwerk autohaus apotheke eingetragener"
    " office gesellschaft corps"
)
_EMPLOYER_WORDS = frozenset(_EMPLOYER_WORDS_TEXT.split())
_BRANDS_TEXT = (
    "google microsoft amazon ibm sap oracle apple meta facebook netflix nvidia intel cisco siemens "
    "bosch bmw daimler volkswagen audi porsche infosys wipro tcs cognizant accenture deloitte kpmg pwc "
    "ey capgemini yahoo yahoo! stripe figma notion uber airbnb spotify twitter linkedin salesforce "
    "adobe dell hp samsung sony telefonica santander bbva inditex mercadona zalando lufthansa allianz "
    "mckinsey bcg bain nestle novartis roche pfizer bayer basf walmart target starbucks"
)
_BRANDS = frozenset(_BRANDS_TEXT.split())
_LEGAL = re.compile(
    r"\b(?:GmbH|mbH|AG|KG|KGaA|SE|e\.\s?V\.|Ltd|Limited|LLC|LLP|Inc|Corp|PLC|plc|Pvt|S\.\s?A\."
    r"|Kft|KFT|Zrt|ZRT|s\.\s?r\.\s?o\.|d\.o\.o\.|S\.\s?L\.(?:U\.)?|S\.?r\.?l|S\.?p\.?A|SARL|SAS|B\.V\."
    r"|N\.V\.|Oy|A/S|& Co|Co\.)(?!\w)",
)
_LEADS = re.compile(
    r"^(?:head of|director of|vice president|chief|vp|manager,|chef de|chargée? de|jefe de|jefa de"
    r"|leiter(?:in)?|senior|junior|sr\.?|jr\.?|lead|staff|principal"
    r"|research fellow|member of technical|freelance|self.?employed|freiberuflich\w*|selbst[äa]ndig\w*"
    r"|ausbildung (?:zum|zur|als)|praktikum|working student|scrum master|product owner|alumno en)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:[-!'][^\W\d_]+)*!?")
_PARTNERS = re.compile(
    r"(?:&|\bund\b|\by\b|\band\b|\+) (?:Partners?|Sons?|Söhne|Co|Cie|Hijos|Asociados|Associates|Kollegen)\b"
)
_AUTHORITY = re.compile(r"(?:U\.?S\.? )?(?:Department|Bureau|Ministry|Office) (?:of|for) (?:the )?[A-Z]")
_AGENT = re.compile(r"\w{3}(?:grapher|ologist|ometrist|ician|smith|wright)s?$")
MAX_TITLE_WORDS = 12
_SERVICE = re.compile(r"\b(?:mr|mrs|ms|dr)\.", re.IGNORECASE)


def title_score(text: str) -> int:
    """How much ``text`` reads like a job title: 0 not at all."""
    words = _WORD.findall(_PARTNERS.sub("", text))
    if not words or len(words) > MAX_TITLE_WORDS:
        return 0
    folded = [fold(word) for word in words]
    hits = sum(
        1
        for word in folded
        if word in _TITLE_WORDS
        or word.rstrip("s") in _TITLE_WORDS
        or _GERMAN_STEMS.search(word)
        or _AGENT.search(word)
    )
    last = re.split(r"[,(/–—-]", text)[0].split()
    ends_so = 1 if hits and last and fold(last[-1]).rstrip("s.") in _TITLE_WORDS else 0
    compound = sum(
        1 for word in folded if "-" in word and any(part in _TITLE_WORDS for part in word.split("-"))
    )
    return 2 * (hits + compound) + ends_so + (2 if _LEADS.match(text) else 0)


def employer_score(text: str) -> int:
    """How much ``text`` reads like the name of an organisation: 0 not at all."""
    words = [fold(word) for word in _WORD.findall(text)]
    if not words or len(words) > MAX_TITLE_WORDS:
        return 0
    score = sum(2 for word in words if word in _EMPLOYER_WORDS) + sum(2 for word in words if word in _BRANDS)
    score += 2 if any(_GERMAN_HOUSE.search(word) for word in words) else 0
    score += 3 if _PARTNERS.search(text) else 0
    score += 4 if _AUTHORITY.match(text) else 0
    return score + (4 if _LEGAL.search(text) else 0)


def has_legal_form(text: str) -> bool:
    """Whether ``text`` names a company with its legal form, such as GmbH or Ltd."""
    return bool(_LEGAL.search(text))


def is_title(text: str) -> bool:
    """Whether ``text`` is rather a title than an employer."""
    return title_score(text) > 0 and title_score(text) >= employer_score(text)


def is_employer(text: str) -> bool:
    """Whether ``text`` is rather an employer than a title."""
    return employer_score(text) > title_score(text)
