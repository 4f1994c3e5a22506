"""Relync: guided, proven recovery of a Lync Server 2013 deployment."""
