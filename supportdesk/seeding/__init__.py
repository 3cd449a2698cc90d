"""A desk of any size to measure and try things with: generated, and written by COPY.

Like a real one it is skewed: nearly all tickets are over, a few shops have most of them, some words
stand in every second message and others in one. The same size gives the same desk, but for the
clock and for ids.
"""
