"""Forwarding to other receiving centres: an outbox for each destination, and who sends from it."""
