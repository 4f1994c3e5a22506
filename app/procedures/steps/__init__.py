"""The steps that procedures are made of: one file a stage, each step with its own commands, gates and words."""
