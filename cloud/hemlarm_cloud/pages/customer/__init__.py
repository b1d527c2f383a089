"""The customer's pages: how the home is, what happened, what is measured, who is called, and what may be set."""
