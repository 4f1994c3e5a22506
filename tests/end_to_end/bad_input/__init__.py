"""Input that nobody should give, and what the program says to it."""
