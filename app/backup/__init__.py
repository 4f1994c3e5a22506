"""What a backup set holds and whether it can be trusted."""
