"""Pages of the sellers."""
