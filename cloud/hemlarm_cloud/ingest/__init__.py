"""Ingest: verify, decrypt, deduplicate, commit, and only then acknowledge."""
