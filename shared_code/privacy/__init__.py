"""Personal data: what kinds there are, rules that find it, where it stands, and copies without it."""
