"""How the model is asked: one file per API of the provider, all behind the same contract."""
