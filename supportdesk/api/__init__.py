"""HTTP beside the app: the session cookie, health. Knows nothing of Reflex."""
