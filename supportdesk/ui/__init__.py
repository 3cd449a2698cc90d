"""What the pages are made of: pieces of the screen, drawn from state, deciding nothing.

A piece is a function that returns a component. Elements are plain HTML with class names; how they
look is in `assets/styles.css` alone. Accessible names are an
interface: people with screen readers and the end-to-end tests both go by them.
"""
