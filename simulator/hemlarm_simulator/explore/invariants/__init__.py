"""What must always hold, each promise by itself. See `base.py` for what they share, `all.py` for the list."""
