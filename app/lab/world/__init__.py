"""The simulated deployment behind the lab's servers: one state machine with one lock and an injected clock."""
