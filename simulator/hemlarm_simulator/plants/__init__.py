"""The hardware of a simulated house: wires, detectors, radio sensors, keypad and sirens, each with its physics."""
