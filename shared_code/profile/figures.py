"""Whether a sentence states a figure: an amount, a share or a count, rather than a year or a version."""

from __future__ import annotations

import re

_VERSIONED = (
    r"java|python|angular|php|net|vue|c\+\+|html|css|es|spring boot|spring|windows|oracle|sql server|office"
    r"|red hat|rhel|ubuntu|http|web|industry|industrie|microsoft|r/|s/"
)
_NUMBERED = r"iso|din|en|iec|rfc|ieee|ifrs|level|version|v|q|phase|tier|step|no|nr"
_NO_FIGURE = re.compile(
    "|".join(
        (
            r"(?<!\w)(?:19|20)\d{2}(?:\s*[-–/]\s*(?:(?:19|20)?\d{2}))?(?![\w%]|[.,]\d|\s*%)",  # years
            r"(?<!\w)\d{1,2}[./](?:19|20)\d{2}(?!\w)",  # months of years
            r"(?<!\w)24/7(?!\w)",
            rf"(?<!\w)(?:{_NUMBERED})\.?[\s/-]*\d[\d.:/-]*(?!\w)",
            rf"(?<!\w)(?:{_VERSIONED})\s?\d[\d.]*(?!\w|\s?%|,\d)",
        )
    ),
    re.IGNORECASE,
)
# A number that is no part of a name such as "EC2", "COVID-19" or "C#7".
_FIGURE = re.compile(r"(?<![\w.#])(?<!\w[-–])\d")


def states_a_figure(sentence: str) -> bool:
    """Whether ``sentence`` states an amount, a share or a count.

    Years, dates, versions ("Python 3.11"), standards ("ISO 27001"), quarters and names that hold a digit
    ("S3", "B2B") are none.
    """
    return _FIGURE.search(_NO_FIGURE.sub(" ", sentence)) is not None
