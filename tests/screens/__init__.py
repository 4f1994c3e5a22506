"""The app tried with a pilot: keys, gates, questions, both widths."""
