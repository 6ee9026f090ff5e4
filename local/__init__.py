"""The whole system on one machine: stand-ins for what Azure provides."""
