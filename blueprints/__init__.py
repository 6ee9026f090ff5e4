"""What wakes the app up: HTTP routes and triggers, and the only code that imports azure.functions."""
