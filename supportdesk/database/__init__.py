"""PostgreSQL: the embedded server, migrations, connections and `transaction(actor)`.

Knows roles and settings, but nothing of tickets: what is in the database is the domain's business.
"""
