"""On-call services: who is on duty and how to reach them, and the calls that the centre takes for them."""
