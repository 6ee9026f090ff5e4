"""Fictional CVs in the formats that people send, and what renders them."""
