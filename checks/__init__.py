"""The catalogue: one module a precondition family."""
