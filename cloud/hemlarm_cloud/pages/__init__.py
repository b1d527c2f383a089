"""The pages that people look at: the customer's, the operator's desk, the installer's, and signing in to them."""
