"""Backup folders and their pieces."""
