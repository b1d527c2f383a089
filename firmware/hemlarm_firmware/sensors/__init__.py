"""What stands between the measured world and the panel core: wired lines and the sensors' radio, without I/O."""
