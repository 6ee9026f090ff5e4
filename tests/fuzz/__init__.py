"""Mutated files for every reader: `python -m tests.fuzz --seconds 60` runs for a while, pytest a little."""
