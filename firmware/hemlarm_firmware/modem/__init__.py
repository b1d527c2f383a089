"""Drives a cellular modem by AT commands: the second path to the cloud, and SMS as the last resort.

Imported only where the board has a modem: the heap of a panel without one has no room for it.
"""
