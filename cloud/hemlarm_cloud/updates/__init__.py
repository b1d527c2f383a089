"""Firmware for panels: signed images, and their releases in rings with pause, stop and roll-back by health."""

FIRMWARE_MIN = 1_005
"""The first firmware that takes updates; an older one would count such a message as refused."""
