"""``python -m cli.cvs``: the operator's command for CVs."""
