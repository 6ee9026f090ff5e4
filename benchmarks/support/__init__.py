"""What benchmarks measure against and with."""
