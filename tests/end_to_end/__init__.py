"""The real program against a running lab, from outside."""
