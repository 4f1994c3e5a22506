"""Tests of the catalogue of checks: cases are data, see cases.py."""
