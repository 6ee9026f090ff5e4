"""The shared client against OpenAI-compatible servers that this project did not write."""
