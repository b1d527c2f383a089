"""The panel core: what the alarm does, as pure logic. Inputs and the time go in, outputs come out."""
