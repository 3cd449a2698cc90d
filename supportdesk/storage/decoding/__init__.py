"""What decodes the files of strangers. Runs in a worker process, and nowhere else.

Imports of the desk no more than the kinds of files: what the worker loads, the desk pays for.
"""
