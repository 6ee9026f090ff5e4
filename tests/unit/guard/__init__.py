"""What must hold of the guarded client whatever the provider does, over generated faults."""
