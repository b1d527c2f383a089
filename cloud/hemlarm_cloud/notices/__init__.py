"""What the centre tells people by SMS and mail: written into an outbox with what caused it, sent afterwards."""
