"""What waking up costs: the telephone metadata is not loaded before a number is looked at."""

from __future__ import annotations

import subprocess
import sys


def test_importing_the_rooms_does_not_load_phonenumbers() -> None:
    """It costs a tenth of a second that health and import must not pay."""
    code = (
        "import sys, shared_code.profile.completion, shared_code.profile.skills;"
        "import shared_code.privacy.entities, shared_code.privacy.redaction;"
        "sys.exit('phonenumbers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
