"""A home as its people see it: what is armed and measured, what was asked for, what may be set, what happened."""
