"""Microsoft's procedures, one file each."""
