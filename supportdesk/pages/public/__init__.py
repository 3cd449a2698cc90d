"""Pages for anybody: signing in and up, the first admin, and what is not there."""
