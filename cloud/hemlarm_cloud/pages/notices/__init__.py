"""Where messages reach somebody: this browser, other devices, services of one's own."""
