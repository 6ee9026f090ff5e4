"""The ways CVs look: each module turns a person into the bytes of one kind of file."""
