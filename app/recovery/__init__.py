"""The engine: steps, gates, plans, durable runs."""
