"""The house page: simulated houses in a browser, with everything that is seen of them and can be done to them."""
