"""The tests of Relync."""
