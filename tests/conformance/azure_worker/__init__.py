"""The cloud's own Python worker, in a Python 3.13 of its own, spoken to as the Functions host does."""
