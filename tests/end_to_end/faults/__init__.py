"""Every precondition broken in the lab, one at a time, and looked at through the whole program."""
