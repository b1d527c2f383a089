"""The life of a panel's keys in the cloud: changed, renewed, taken along in a move, ended."""
