"""What a screen needs, read under its actor and returned as frozen dataclasses."""
