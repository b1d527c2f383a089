"""Who signs in to the pages: passwords, sessions, sign-up, forgotten passwords, the family."""
