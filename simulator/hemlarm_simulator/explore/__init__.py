"""Looks for schedules of an ordinary life and of faults under which the panel or the cloud breaks a promise."""
