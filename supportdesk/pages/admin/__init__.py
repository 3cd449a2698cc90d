"""Pages of the admins."""
