"""The demonstration: real firmware, broker and cloud, a break-in and a fire, and the time each event took."""
