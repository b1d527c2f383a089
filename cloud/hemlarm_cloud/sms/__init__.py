"""SMS between panels and the ingest: a gateway that speaks HTTP to whoever has the modems."""
