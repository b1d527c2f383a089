"""What starts before everything else: chooses the slot, and lets nothing run that was not signed."""
