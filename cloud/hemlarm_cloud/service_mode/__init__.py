"""Service mode: planned work at a site, during which its events are kept and reported but call nobody."""
