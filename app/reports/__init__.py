"""A recovery as text, Markdown or JSON."""
