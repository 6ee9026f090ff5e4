"""Which job titles show management: the word lists behind ``managementMonths``, in English, German, Spanish.

Management means answering for people or for a unit. Three rules, the first that applies decides:

1. Who assists a manager is none ("Executive Assistant to the CEO", "Assistenz der Geschäftsführung").
2. Heads, directors, chiefs, vice presidents, founders and their German and Spanish likes are.
3. Managers, leaders of a team, ``…leiter``, ``gerente``, ``jefe`` are, unless what they manage is no people:
   a product, a project, an account, content. "Lead" counts where it names the post ("Team Lead",
   "Data Lead"), not where it grades an engineer ("Lead Developer").
"""

from __future__ import annotations

import re


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)", re.IGNORECASE)


_ASSISTS = _words(
    r"assistant (?:to|of)",
    r"(?:executive|personal|management|administrative|office) assistant",
    r"\w*assisten(?:z|t|tin)",
    r"asistente",
    r"secretari[oa]",
    r"auxiliar",
)
_ASSISTANT_POSTS = _words(r"assistant (?=(?:\w+ )?(?:manager|director|supervisor|head)\b)")
_HEADS = _words(
    r"head of",
    r"head (?:chef|nurse|teacher|coach)",
    r"(?:sub)?director(?:a|es)?",
    r"direktor(?:in)?",
    r"chief",
    r"c[efitomps]o",
    r"(?:[es]?vp|president|presidente|presidenta)",
    r"(?:co-?)?founder",
    r"(?:mit)?gründer(?:in)?",
    r"(?:co)?fundador(?:a)?",
    r"geschäfts(?:führer(?:in)?|führung|leit\w+)",
    r"vorstand(?:svorsitzende[r]?)?",
    r"prokurist(?:in)?",
    r"managing partner",
)
_NO_PEOPLE = _words(
    r"(?:key |strategic )?account (?:manager|lead)\w*",
    r"(?:product|project|programme?|community|content|case|social media|category|brand|campaign|release"
    r"|office|success|relationship|data|document|change|risk|partner|vendor|event|seo|talent) manager(?:in)?",
    r"(?:produkt|projekt|event|account)[ -]?(?:manager(?:in)?|leit\w+)",
    r"(?:jef[ea]|gerente|responsable|líder) de (?:proyecto|producto|cuenta|programa)s?",
    r"(?:halb|blitzab)leit\w+",
)
_MANAGERS = _words(
    r"manager(?:in)?",
    r"team ?lead(?:er)?(?:in)?",
    r"(?:leader|lead) of",
    r"\w+ lead(?=\s*(?:$|[,(/|–-]))",
    r"supervisor(?:a)?",
    r"foreman",
    r"superintendent",
    r"\w*leiter(?:in)?",
    r"\w*leitung",
    r"gerente",
    r"jef[ea]",
    r"encargad[oa] de",
    r"responsable de",
    r"líder de",
)


def is_management_title(title: str) -> bool:
    """Whether a job title shows management of people or a unit, by the rules of this module."""
    title = _ASSISTANT_POSTS.sub("", title)
    if _ASSISTS.search(title):
        return False
    if _HEADS.search(title):
        return True
    return _MANAGERS.search(_NO_PEOPLE.sub("", title)) is not None
