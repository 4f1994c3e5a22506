"""Tests of the simulated world and of the lab as a whole."""
