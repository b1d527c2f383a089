"""Pictures that panels take in an alarm or people attach: how they come, who sees them, and how long they are kept."""
