"""`python -m local.functions_host` as a user runs it: a real process, real sockets, real storage."""
