"""What code computes from a model's answer: dates, sums, normal forms, evidence in the CV."""
