"""The pages of signing in and up, and of one's own account."""
