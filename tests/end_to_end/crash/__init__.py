"""Recoveries that are killed and taken up again."""
