"""Reflex states: thin translators between the screen and the domain.

A handler has four beats: who is it; call one command; adjust the view; return an effect. Every
public method of a state is a remote procedure that anybody may call with anything, so each finds
its actor from the session row and checks what it is handed. State vars hold display-ready rows.
"""
