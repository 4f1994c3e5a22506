"""Ways to break one precondition of a recovery, each with its mend, one file an area."""
