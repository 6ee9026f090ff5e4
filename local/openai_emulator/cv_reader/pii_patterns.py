"""Patterns of personal data in five languages: what a label announces, and what shows without one."""

from __future__ import annotations

import re

LEVELS: dict[str, int] = {
    **dict.fromkeys(
        (
            "health",
            "religion",
            "political_opinion",
            "trade_union",
            "ethnic_origin",
            "sexual_orientation",
            "biometric",
            "criminal_record",
        ),
        4,
    ),
    **dict.fromkeys(
        (
            "national_id",
            "passport_number",
            "driver_licence",
            "tax_id",
            "bank_account",
            "credit_card",
            "immigration_status",
        ),
        3,
    ),
    **dict.fromkeys(
        (
            "person_name",
            "email",
            "phone",
            "postal_address",
            "date_of_birth",
            "profile_url",
            "third_party_name",
            "third_party_contact",
            "age",
            "gender",
            "marital_status",
            "family_status",
            "nationality",
            "place_of_birth",
            "military_status",
            "salary",
            "ip_address",
        ),
        2,
    ),
    **dict.fromkeys(("city", "employer", "institution", "graduation_year"), 1),
}

# (type, label): the value follows the label on its line, or on the next one.
LABELS: tuple[tuple[str, str], ...] = (
    (
        "third_party_name",
        r"(?:father['’]?s name|mother['’]?s name|spouse['’]?s? name|husband['’]?s name|wife['’]?s name"
        r"|emergency contact|name des (?:vaters|ehepartners)|nombre del (?:padre|cónyuge))",
    ),
    (
        "date_of_birth",
        r"(?:date of birth|d\.?o\.?b\.?|born(?: on)?|birth ?date|birth|geburtsdatum|geb(?:oren)?\.?(?: am)?"
        r"|fecha de nacimiento|nacid[oa](?: el)?|f\. nac\.?|date de naissance|né\(?e?\)? le|生年月日)",
    ),
    (
        "place_of_birth",
        r"(?:place of birth|birth ?place|born in|geburtsort|geboren in|lugar de nacimiento|nacid[oa] en"
        r"|lieu de naissance)",
    ),
    (
        "nationality",
        r"(?:nationality(?:\(-?ies\))?|citizenship|staatsangehörigkeit|staatsbürgerschaft|nationalität"
        r"|nacionalidad|nationalité|国籍)",
    ),
    (
        "marital_status",
        r"(?:marital status|civil status|personal status|familienstand|estado civil|état civil|situation"
        r" familiale)",
    ),
    ("family_status", r"(?:children|kinder|hijos|dependants|dependents|enfants)"),
    ("gender", r"(?:gender|sex|geschlecht|sexo|género|sexe|pronouns|性別)"),
    ("age", r"(?:age|alter|edad|âge|年齢)"),
    (
        "religion",
        r"(?:religion|religious affiliation|konfession|religionszugehörigkeit|religión|faith|creed)",
    ),
    (
        "political_opinion",
        r"(?:political (?:affiliation|party|opinion)|partei(?:mitgliedschaft|zugehörigkeit)?|afiliación"
        r" política|partido político)",
    ),
    (
        "trade_union",
        r"(?:trade union(?: membership)?|union membership|gewerkschaft(?:szugehörigkeit|smitgliedschaft)?"
        r"|afiliación sindical|sindicato|syndicat)",
    ),
    (
        "ethnic_origin",
        r"(?:ethnicity|ethnic origin|race|ethnische herkunft|origen étnico|caste|category \(caste\))",
    ),
    ("sexual_orientation", r"(?:sexual orientation|sexuelle orientierung|orientación sexual)"),
    (
        "health",
        r"(?:health(?: status| condition)?|disabilit(?:y|ies)|behinderung|grad der behinderung|gdb"
        r"|gesundheit(?:szustand)?|discapacidad|grado de discapacidad|blood (?:group|type)|blutgruppe|grupo"
        r" sanguíneo|allergies|medical conditions?)",
    ),
    (
        "criminal_record",
        r"(?:criminal records?|convictions?|vorstrafen|führungszeugnis|antecedentes penales|dbs(?: check)?"
        r"|casier judiciaire)",
    ),
    ("biometric", r"(?:fingerprints?|biometric\w*|fingerabdruck|height|weight|größe|gewicht|eye colou?r)"),
    (
        "national_id",
        r"(?:national insurance(?: no\.?| number)?|ni number|nino|social security(?: no\.?| number)?|ssn"
        r"|s\.s\.n\.|dni|nie|personalausweis(?:nummer|nr\.?)?|sozialversicherungsnummer"
        r"|rentenversicherungsnummer|aadhaar(?: no\.?| number)?|national id(?: no\.?| number)?"
        r"|id(?:entity)?(?: card)? (?:no\.?|number)|cedula|cédula|curp|pesel|codice fiscale|cpf|ahv[\w-]*)",
    ),
    (
        "passport_number",
        r"(?:passport(?: no\.?| number| nr\.?)?|reisepass(?:nummer|nr\.?)?|pasaporte(?: n[.ºo°]*)?"
        r"|passeport)",
    ),
    (
        "driver_licence",
        r"(?:driv(?:er|ing)['’]?s? licen[cs]e(?: no\.?| number)|führerscheinnummer|número de (?:permiso"
        r"|carnet) de conducir|dl no\.?)",
    ),
    (
        "tax_id",
        r"(?:tax (?:id|number|no\.?|file number)|tin|steuer-?(?:id|nummer|identifikationsnummer|nr\.?)"
        r"|ust-?id(?:nr\.?)?|vat (?:id|no\.?|number)|nif|cif|pan(?: no\.?| number| card)?|utr)",
    ),
    (
        "bank_account",
        r"(?:iban|bank account(?: no\.?| number)?|account (?:no\.?|number)|kontonummer|bankverbindung"
        r"|cuenta bancaria)",
    ),
    ("credit_card", r"(?:credit card(?: no\.?| number)?|kreditkarte(?:nnummer)?|tarjeta de crédito)"),
    (
        "immigration_status",
        r"(?:right to work|visa(?: status)?|immigration status|work (?:permit|authori[sz]ation)|residence"
        r" permit|aufenthaltstitel|arbeitserlaubnis|permiso de (?:trabajo|residencia)|titre de séjour)",
    ),
    (
        "military_status",
        r"(?:military (?:service|status)|wehrdienst|zivildienst|servicio militar|national service)",
    ),
    (
        "salary",
        r"(?:(?:current|expected|desired|last drawn|annual|last)?\s?(?:salary|ctc|compensation"
        r"|remuneration)(?: expectations?)?|gehalt(?:svorstellung\w*|swunsch)?|(?:expectativas?"
        r"|pretensi[óo]n(?:es)?) (?:salarial(?:es)?|económicas?)|salario(?: actual| deseado)?)",
    ),
)
LABEL_PATTERNS = tuple(
    (
        kind,
        re.compile(rf"(?:^|(?<=[|•·,;(])|(?<=\s\s))\s*{label}\s*(?:[:：=]|\s[–—-]\s|\t|$)\s*", re.IGNORECASE),
    )
    for kind, label in LABELS
)
# Labels that stand without a colon; only where the value has the right shape.
_TABULAR_KINDS = {"date_of_birth", "nationality", "place_of_birth", "marital_status", "gender"}
# Labels that a table puts before their value without a colon, and that begin no sentence.
LOOSE_LABELS = tuple(
    (kind, re.compile(rf"(?:^|(?<=[|•;]))\s*{label}\s+", re.IGNORECASE))
    for kind, label in (
        *(entry for entry in LABELS if entry[0] in _TABULAR_KINDS),
        ("religion", r"(?:konfession|religionszugehörigkeit|confesión religiosa)"),
    )
)

# (type, pattern): group 1 is the value where there is one.
FREE: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, flags))
    for kind, pattern, flags in (
        ("bank_account", r"\b([A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){3,7}(?: ?[A-Z\d]{1,3})?)\b", 0),
        ("national_id", r"\b((?!000|666)\d{3}-(?!00)\d{2}-(?!0000)\d{4})\b", 0),
        (
            "national_id",
            r"\b([A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D])\b|\b(QQ ?\d{2} ?\d{2}"
            r" ?\d{2} ?[A-D])\b",
            0,
        ),
        ("national_id", r"\b(\d{8}-?[A-HJ-NP-TV-Z]|[XYZ]-?\d{7}-?[A-Z])\b", 0),
        ("tax_id", r"\b([A-Z]{5}\d{4}[A-Z])\b", 0),
        (
            "ip_address",
            r"(?<![\d.])((?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3})(?![\d.])",
            0,
        ),
        (
            "health",
            r"((?:registered |severely |schwer)?(?:disabled|behindert\w*"
            r"|discapacitad[oa])(?:\s*\([^)]{2,60}\))?|schwerbehindert\w*(?:\s*\([^)]{2,40}\))?"
            r"|gdb\s?\d{2,3}|grado de discapacidad[^.,;\n]{0,20})",
            re.IGNORECASE,
        ),
        (
            "health",
            r"\b((?:suffer(?:ing)? from|diagnosed with|recovering from|living with) [a-z][\w \-]{3,40})",
            re.IGNORECASE,
        ),
        (
            "health",
            r"\b(wheelchair user|hearing[- ]impaired|visually impaired|chronic(?:ally)? ill(?:ness)?|HIV[-"
            r" ]positive|epilepsy|type [12] diabetes)\b",
            re.IGNORECASE,
        ),
        (
            "trade_union",
            r"\b((?:member of (?:the )?)(?:trade union|[A-Z]\w+ [Uu]nion|ver\.?di|IG Metall|Unison|Unite"
            r" the Union|SATSE|CCOO|UGT)|Mitglied (?:der|bei) (?:IG Metall|ver\.?di|GEW|IG BCE)|(?:miembro"
            r"|afiliad[oa]) (?:de|a) (?:CCOO|UGT|SATSE))",
            0,
        ),
        (
            "trade_union",
            r"\b(?:[Ss]hop steward|[Uu]nion (?:representative|delegate|officer))"
            r"(?: (?:of|at|for)(?: the)?)?,? "
            r"((?:[A-Z][\w'’&\-]*(?: of| and)? ){0,5}(?:Union|UNISON|Unite|Federation|Association))\b",
            0,
        ),
        (
            "trade_union",
            r"\b((?:[A-Z][\w\-]* ){0,4}"
            r"(?:Workers|Employees|Teachers|Nurses|Engineers|Miners|Drivers)['’]? Union)\b",
            0,
        ),
        (
            "political_opinion",
            r"\b((?:member of (?:the )?|mitglied (?:der|bei(?: der)?) |miembro del? )(?:\w+ ){0,2}(?:party"
            r"|partei|partido|labour|conservatives|democrats|spd|cdu|csu|fdp|grünen|psoe))\b",
            re.IGNORECASE,
        ),
        (
            "religion",
            r"\b((?:practi[sc]ing |devout )(?:catholic|muslim|christian|jew|hindu|buddhist|sikh))\b",
            re.IGNORECASE,
        ),
        (
            "criminal_record",
            r"\b((?:no |without )?(?:criminal record|criminal convictions?)|keine vorstrafen|sin"
            r" antecedentes penales)\b",
            re.IGNORECASE,
        ),
        (
            "sexual_orientation",
            r"\b(?:I am |identif(?:y|ies) as |openly )(gay|lesbian|bisexual|queer|homosexual)\b",
            re.IGNORECASE,
        ),
        (
            "immigration_status",
            r"\b((?:H-?1B|L-?1|O-?1|F-?1(?: OPT)?|Tier [1-5]|Skilled Worker|Student|Blue Card|EU Blue Card)"
            r" visa(?:\s*\([^)]{2,60}\))?|green card(?: holder)?|permanent resident(?: of [A-Z]\w+)?"
            r"|indefinite leave to remain|(?:pre-)?settled status|Niederlassungserlaubnis|Blaue Karte(?:"
            r" EU)?)",
            re.IGNORECASE,
        ),
        (
            "age",
            r"(?:\(|\bage[d:]?\s*|\balter:?\s*|満\s?)(\d{2}\s*(?:years old|years|jahre(?: alt)?|años|歳)"
            r"|(?<=aged )\d{2}|(?<=age )\d{2})",
            re.IGNORECASE,
        ),
        ("age", r"\b(\d{2} (?:years old|jahre alt|años de edad))\b", re.IGNORECASE),
        (
            "marital_status",
            r"(?:^|[,|•;:]\s*|\s{2})((?:married|single|divorced|widowed|verheiratet|ledig|geschieden"
            r"|verwitwet|casad[oa]|solter[oa]|divorciad[oa]|viud[oa])(?:,? (?:(?:mit |with |con )?(?:\w+)"
            r" (?:children|kinder|kindern|child|kind|hijos?|hijas?)))?)(?=$|[,|•;.\n])",
            re.IGNORECASE | re.MULTILINE,
        ),
        (
            "salary",
            r"\b(?:salary|gehalt|salario|ctc)\b[^\n\d€$£]{0,25}((?:€|\$|£|EUR|USD|GBP|INR"
            r"|CHF)\s?\d[\d.,]*\s?[kK]?(?: ?(?:p\.a\.|per annum|a year))?|\d[\d.,]{2,}\s?(?:€|\$|£|EUR|USD"
            r"|GBP|LPA|INR|CHF|k))",
            re.IGNORECASE,
        ),
        (
            "military_status",
            r"\b((?:first |second )?(?:lieutenant|sergeant|corporal|captain|private),? (?:US |U\.S\. "
            r"|British )?(?:army|navy|marines|air force)[^\n.;]{0,40})",
            re.IGNORECASE,
        ),
        ("credit_card", r"(?<![\d-])((?:\d{4}[ -]){3}\d{4}|\d{16})(?![\d-])", 0),
    )
)

STREET = re.compile(
    r"(?:(?:Flat|Apt\.?|Apartment|Unit"
    r"|Suite)\s?#?\w+,\s*|(?:[A-Z][\w'’\-]{1,20} ){1,2}(?:Cottage|House|Hall|Lodge|Farm)(?: \d{1,4})?,\s"
    r"|\d{1,5} ?[-–] ?(?=\d))?\d{1,5}[A-Za-z]?,?[ ]+(?:[NSEW]\.?[ ]+)?(?:[A-Z][\w.'’\-]{0,25}[ ]+){1,4}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Way|Court|Ct|Place|Pl|Square|Sq"
    r"|Terrace|Close|Crescent|Gardens|Grove|Hill|Row|Parkway|Pkwy|Highway|Circle|Cir|Trail|Mews|Walk|Yard"
    r"|Wharf|Quay)\b\.?"
    r"(?:[,\s]+(?:#|Apt\.?|Unit|Suite|Flat|No\.?)\s?\w+)?"
    r"|(?<![\w])\d{1,5}[ ]+(?:Via|Rue|Calle|Avenida|Camino)(?:[ ]+[A-ZÀ-Þ][\w'’\-]{0,25}){1,4}"
    r"|(?<![\w])[A-ZÄÖÜ][\w\-]{0,25}(?:straße|strasse|str\.|weg|platz|allee|gasse|(?<![eo])ring|damm|ufer"
    r"|stieg"
    r"|kamp|pfad|chaussee|graben|gatan"
    r"|gata|vägen|gade|vej|straat|laan)[ ]+[1-9]\d{0,3}\s?[a-z]?\b"
    r"|(?<![\w])(?!(?:Anschrift|Adresse|Address|Wohnort|Dirección|Domicilio)\b)[A-ZÄÖÜ][\w.\-]{1,25}(?:"
    r" [A-ZÄÖÜ][\w.\-]{1,25}){0,2} [1-9]\d{0,3} ?[a-z]?(?=,? ?\n?\d{5} [A-ZÄÖÜ])"
    r"|(?<![\w])(?:[A-ZÄÖÜ][\w\-]{0,25}\s){1,2}(?:Straße|Str\.|Weg|Platz|Allee|Ring)\s+\d{1,4}\s?[a-z]?\b"
    r"|(?<![\w])\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|boulevard|place|allée|chemin|impasse|quai"
    r"|cours)(?: (?:(?:de|du|des|la|le|les)\b|[ld]['’]\w+|[A-ZÀ-Þ][\w'’\-]{0,25})){1,5}"
    r"|(?<![\w])ul\.\s[A-ZÀ-Þ]\w+(?: [A-ZÀ-Þ]\w+)? \d{1,4}"
    r"|(?<![\w])(?:Calle|C/|Avda?\.?|Avenida|Plaza|Paseo|Carrer|Via|Rue|Av\.|Camino|Ronda)\s*(?:(?:de|del"
    r"|la|las|los|el|l[’']|y|du|des)\s+)*[A-ZÀ-Þ][\w'’\-]{0,25}(?:\s+(?:de|del|la|y|du|des"
    r"|[A-ZÀ-Þ])[\w'’\-]{0,25}){0,5},?\s*(?:n\.?º?\s*)?\d{1,4}(?:\s?[,\-]\s?\d{0,2}\.?[ºª°]?\s?[A-Z0-9]?(?=,"
    r"|\s))?",
)
STREET_TAIL = re.compile(
    r"^[,\s•|·]{0,5}(?:(?:\d{1,2}\.?[ºª]\s?[A-Z]?|Unit\s\w+|Apt\.?\s?\w+|#\s?\w+)[,\s]{1,4})?"
    r"(?:(?:(?:[A-Z]{1,2}[-–])?\d{4,5}|\d{3} \d{2}|\d{2}-\d{3}|\d{4} [A-Z]{2})[ ]+[A-ZÀ-Þ][\w\-']{0,25}(?:["
    r" ](?:am|an|de|der|del|[A-ZÀ-Þ])[\w\-]{0,25}){0,3}"
    r"|[A-ZÀ-Þ][\w.'\-]{0,25}(?:\s[A-ZÀ-Þ][\w.'\-]{0,25}){0,2},?\s+(?:[A-Z]{2},?\s+\d{5}(?:-\d{4})?"
    r"|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z][a-z]+\s+\d{5})|[A-Z][a-z]+,?[ ]+\d{6}\b)"
)
TITLED_PERSON = re.compile(
    r"\b(?:Prof(?:\.|essor)?(?:\s?Dr\.?)?|Dr\.?|Dra\.?|Mr\.?|Mrs\.?|Ms\.?|Herr|Frau|Sr\.|Sra\."
    r"|Sir)\s+((?:[A-ZÀ-Þ][\w'’\-]+|[A-Z]\.)(?:\s+(?:de|van|von|del|la|[A-ZÀ-Þ][\w'’\-]*|[A-Z]\.)){0,3})"
)
