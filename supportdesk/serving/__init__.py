"""Bringing the desk up and down: the port, the front end, the server process, first words.

What happens inside the running desk is elsewhere; nothing here knows a ticket or imports Reflex.
"""
