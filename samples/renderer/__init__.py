"""The script that renders the samples, the words in them, and the truth about each."""
