"""Stands in for the interpreter's `random` in virtual time: the same module, but seeded by the world."""

import os

from urandom import choice, getrandbits, randint, randrange, seed, uniform
from urandom import random as random

__all__ = ("choice", "getrandbits", "randint", "randrange", "seed", "uniform")

seed(int.from_bytes(os.urandom(4), "big"))
