"""Reports of plans, gates and runs."""
