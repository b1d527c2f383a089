"""The interpreter as an extension module of CPython: what the fork server runs a panel with."""

from collections.abc import Sequence

def run_main(arguments: Sequence[str], /) -> int: ...
