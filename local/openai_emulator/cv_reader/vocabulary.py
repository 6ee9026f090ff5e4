"""Words that the reader knows in five languages: months, languages, and what a name never holds."""

from __future__ import annotations

MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner enero ene janvier janv",
            "february feb febr februar febrero février fevrier févr",
            "march mar märz mrz maerz marzo mars",
            "april apr abril abr avril avr",
            "may mai mayo",
            "june jun juni junio juin",
            "july jul juli julio juillet juil",
            "august aug agosto ago août aout",
            "september sept sep septiembre setiembre septembre",
            "october oct oktober okt octubre octobre",
            "november nov noviembre novembre",
            "december dec dezember dez diciembre dic décembre decembre déc",
        ),
        start=1,
    )
    for name in names.split()
}

_LANGUAGES = (
    "en english englisch ingles anglais inglese|de german deutsch aleman allemand"
    "|es spanish spanisch espanol castellano espagnol|fr french franzosisch frances francais"
    "|it italian italienisch italiano italien|pt portuguese portugiesisch portugues portugais"
    "|nl dutch niederlandisch neerlandes holandes neerlandais flemish|pl polish polnisch polaco polonais"
    "|tr turkish turkisch turco turc|ru russian russisch ruso russe|uk ukrainian ukrainisch ucraniano"
    "|ar arabic arabisch arabe|fa persian farsi persisch|ur urdu|hi hindi|bn bengali bangla"
    "|pa punjabi panjabi|ta tamil|te telugu|kn kannada|ml malayalam|mr marathi|gu gujarati|or odia oriya"
    "|ne nepali|si sinhala sinhalese|ps pashto|zh chinese mandarin cantonese chinesisch chino chinois"
    "|ja japanese japanisch japones japonais|ko korean koreanisch coreano coreen"
    "|vi vietnamese vietnamesisch|th thai thailandisch|id indonesian indonesisch|ms malay malaiisch"
    "|tl tagalog filipino|sw swahili kiswahili|ig igbo|yo yoruba|ha hausa|am amharic|so somali|zu zulu"
    "|af afrikaans|he hebrew hebraisch hebreo|el greek griechisch griego grec|sv swedish schwedisch sueco"
    "|da danish danisch danes|no norwegian norwegisch noruego|fi finnish finnisch finlandes"
    "|cs czech tschechisch checo|sk slovak slowakisch|sl slovenian slowenisch"
    "|hu hungarian ungarisch hungaro|ro romanian rumanisch rumano|bg bulgarian bulgarisch bulgaro"
    "|hr croatian kroatisch croata|sr serbian serbisch serbio|bs bosnian bosnisch|sq albanian albanisch"
    "|lt lithuanian litauisch|lv latvian lettisch|et estonian estnisch|ca catalan valenciano katalanisch"
    "|eu basque euskera baskisch|gl galician gallego galego|ga irish gaelic|cy welsh walisisch"
    "|is icelandic|mt maltese|la latin latein|ka georgian|hy armenian|az azerbaijani|kk kazakh|uz uzbek"
    "|ku kurdish kurdisch"
)

_MORE_LANGUAGES = (
    "tw twi akan|xh xhosa|st sotho sesotho|tn tswana setswana|sn shona|rw kinyarwanda|ln lingala|wo wolof"
    "|mi maori|mn mongolian|my burmese|km khmer|lo lao|fa dari|mk macedonian|be belarusian|lb luxembourgish"
)
LANGUAGE_CODES: dict[str, str] = {
    name: entry[:2] for entry in f"{_LANGUAGES}|{_MORE_LANGUAGES}".split("|") for name in entry[3:].split()
}

_NAME_TITLES_TEXT = (
    "dr prof professor mr mrs ms miss mx sir dame herr frau ing dipl dra sr sra srta don doña phd med "
    "rer nat msc bsc mag ma ba dipl-ing dipl.-ing hon rev lic d."
)
NAME_TITLES = frozenset(_NAME_TITLES_TEXT.split())

_NAME_PARTICLES_TEXT = (
    "van von der den de del della di da dos das du la le los las bin ibn al el abu ben ter ten zu zur y "
    "e st san af av vom zum mac mc bint"
)
NAME_PARTICLES = frozenset(_NAME_PARTICLES_TEXT.split())

_POST_NOMINALS_TEXT = (
    "mba phd pmp md jd cpa msc bsc ma ba bs ms rn esq cissp cfa acca pe csm dds pharmd "
    "llb llm ph.d m.sc b.sc m.a b.a m.d mbe obe frsa mph edd psyd scrum fcca aca ceng mimeche shrm-cp "
    "sphr phr csp aicp b.e m.e b.tech m.tech mca bca dphil beng meng bcom hons itil cisa cism gphr leed "
    "ap pgdm"
)
POST_NOMINALS = frozenset(_POST_NOMINALS_TEXT.split())

_NOT_IN_NAMES_TEXT = (
    # headings and document words
    "curriculum vitae cv resume résumé lebenslauf bewerbung currículum curriculo profile profil perfil "
    "summary experience education skills contact references objective personal information details data "
    "about me name page seite updated template confidential application cover letter "
    "portfolio homepage market your here position tagline job title company employer work history "
    "employment professional career core competencies key technical areas expertise languages "
    "certifications projects publications kontakt kenntnisse sprachen ausbildung berufserfahrung "
    "persönliche daten anschrift geburtsdatum adresse telefon mobil email e-mail phone mobile tel fax "
    "address linkedin github twitter xing website web online datos personales experiencia formación "
    "idiomas competencias contacto dirección teléfono correo nacimiento date birth nationality gender "
    "marital status willing relocate available immediately open invoice bill receipt order rechnung "
    "factura facture total amount statement report declaration certificate agreement top last of the "
    "and to for with in on at from by my i is are our we need urgently page dear hello welcome und mit "
    "bei für im am der_die las_los para por con en un una les des pour avec et "
    # work words
    "engineer developer manager director analyst consultant architect administrator designer scientist "
    "researcher professor lecturer teacher nurse technician specialist officer assistant associate "
    "intern student graduate senior junior lead principal chief head staff executive president "
    "coordinator supervisor representative accountant programmer tester support sales marketing "
    "software hardware data web cloud network security systems system business product project program "
    "programme quality assurance human resources finance financial customer service services operations "
    "engineering development design research management technology technologies information computer "
    "science full-stack fullstack frontend backend mobile mechanical electrical civil chemical medical "
    "health healthcare legal administrative certified registered licensed experienced motivated "
    "freelance independent contractor digital media social content creative ingeniero ingeniera "
    "desarrollador desarrolladora enfermera enfermero técnico técnica gerente responsable leiter "
    "leiterin entwickler entwicklerin ingenieur ingenieurin kaufmann kauffrau berater beraterin "
    "referent referentin projektleiter softwareentwickler softwareentwicklerin fachkraft mitarbeiter "
    "profesora profesor "
    # organisations and places
    "university college school institute institut universität universidad hochschule academy hospital "
    "clinic bank group gmbh ag ltd limited llc inc corp corporation company co plc department ministry "
    "council association street st. road avenue ave lane drive boulevard blvd straße strasse str weg "
    "platz calle avenida plaza rue apt suite unit flat floor building house terrace court square park "
    "po box city state county country usa uk england scotland wales germany deutschland spain españa "
    "france india usa united states kingdom america europe european canada australia north south east "
    "west new york london berlin madrid paris washington chicago boston california texas florida "
    "washington dc france italia italy "
    # tools that come in capitals
    "python java javascript excel word microsoft office windows linux aws azure google sql html css "
    "docker photoshop adobe sap oracle java agile scrum"
)
NOT_IN_NAMES = frozenset(_NOT_IN_NAMES_TEXT.split())
