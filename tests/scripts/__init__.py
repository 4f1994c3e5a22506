"""The PowerShell of the product."""
