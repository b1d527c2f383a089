"""What has to be noticed although no event tells it: dates that pass, and transmitters that fall silent."""
