"""What exists only in virtual time: the world's loop, its network, a stand-in broker, and the cloud's ingest core."""
