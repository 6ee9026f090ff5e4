"""When to wait, when to retry, when to stop: pure policy with an injected clock."""
