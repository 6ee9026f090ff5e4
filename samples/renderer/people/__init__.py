"""One module per fictional person; any likeness to somebody living is chance."""
