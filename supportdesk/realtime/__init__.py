"""What makes every change appear at once on every screen that may see it.

`listener` hears the database's doorbell; `hub` knows which browsers care; `thread_view` and
`inbox_view` hold what people with equal rights see, read again under their rights, and hand the
difference to a `Screen`. Nothing here knows of Reflex, and nothing here is the truth: all of it can
be thrown away and read anew from the database.
"""
