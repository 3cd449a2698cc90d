"""Verbs that change something, one module a noun. Each is one transaction under its actor."""
