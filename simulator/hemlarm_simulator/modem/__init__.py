"""A simulated mobile modem, and what it needs around it: a SIM card, a mobile cell, an SMS centre, an Internet."""
