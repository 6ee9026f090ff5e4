"""What code computes from a model's answer."""
