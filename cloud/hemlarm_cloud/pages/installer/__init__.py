"""The installer's pages: the sites that the company serves, and the work at each."""
