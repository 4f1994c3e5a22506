"""The plain face of the engine."""
