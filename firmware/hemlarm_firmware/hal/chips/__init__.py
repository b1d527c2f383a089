"""Chips on a panel's board, each as its data sheet has it. They know registers and bytes, and nothing of alarms.

What they are connected by is given to them: a bus or pins as in `machine`, so that a test can stand in for the chip. A
chip that does not answer is an OSError from any method.
"""
