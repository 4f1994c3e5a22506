"""Topology documents, what they imply, and what is refused."""
