"""The only code that touches hardware and the machine's own network: one module for each kind of it."""
