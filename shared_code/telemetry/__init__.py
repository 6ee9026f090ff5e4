"""What leaves the process about itself: logs, metrics and traces, without personal data."""
