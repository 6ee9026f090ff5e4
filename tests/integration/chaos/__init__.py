"""The intake under fire: processes killed, storage away, a model that fails; and the reckoning afterwards."""
