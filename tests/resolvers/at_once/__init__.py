"""Random mutations by many agents at once: the kinds that there are, and what has to be true afterwards."""
