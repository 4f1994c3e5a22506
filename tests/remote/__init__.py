"""Sessions to Windows hosts."""
