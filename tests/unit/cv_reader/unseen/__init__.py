"""Fictional CVs in layouts that the reader had not met, each with what it says."""
