"""What the guarded client must do when the provider misbehaves: the scenarios, and the stage they play on."""
