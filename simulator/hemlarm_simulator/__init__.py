"""The simulator: a house, its network and its cloud around the real firmware, in real or in virtual time."""
