"""Checks that an operator or a pipeline runs against what the app depends on."""
