"""Cmdlets and programs of the simulated hosts, one file a family: documented effects, documented refusals.

What the lab does not know it refuses loudly, as PowerShell does with a name it cannot find.
"""
