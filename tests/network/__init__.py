"""Network facts: the collectors against the lab, independent clients and hostile servers."""
