"""Procedures: their steps, gates, commands and words."""
