"""A simulated deployment that speaks the real protocols, for training and tests."""
