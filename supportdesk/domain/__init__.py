"""What a support desk is: its people, tickets, messages and rules.

Knows nothing of Reflex, HTTP or mail. Commands change something, queries read what a screen needs;
both take the `Actor` they act for, and reach the database only through `transaction(actor)`.
"""
