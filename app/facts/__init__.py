"""What is true out there: one file a subsystem, the only modules that do I/O towards the deployment."""
