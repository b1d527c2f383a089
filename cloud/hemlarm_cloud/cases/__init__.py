"""Case work: committed events become signals, signals of one incident on one site become one case."""
