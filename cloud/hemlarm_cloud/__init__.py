"""The cloud: certificates, the broker, ingest, the store and the commands."""
