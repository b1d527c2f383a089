"""The operators' desk: the queue, the case page, search, sites, reports, the log of everybody, on-call services."""
