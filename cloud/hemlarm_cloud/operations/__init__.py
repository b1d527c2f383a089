"""Keeping the cloud running: metrics, health, logs, copies of the database."""
