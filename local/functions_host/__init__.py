"""A stand-in for Microsoft's Functions host: runs a `function_app.py` where Core Tools are not installed."""
