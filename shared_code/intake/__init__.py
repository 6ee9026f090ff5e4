"""From a dropped file to a kept result: registered once, worked on once, and never lost."""
