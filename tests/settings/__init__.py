"""Settings, their file and its page, passwords, endpoints."""
