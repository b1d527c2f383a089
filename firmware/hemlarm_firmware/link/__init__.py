"""How the panel reaches the broker: an MQTT codec, one connection, and when to try again."""
