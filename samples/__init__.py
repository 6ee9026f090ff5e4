"""Fictional CVs in every format the engine reads."""
