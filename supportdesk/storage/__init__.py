"""Where the bytes of attachments live, and how they get there.

A file arrives in pieces in the spool, a folder of this server's; there it is checked. What passes
is put into the store under the hash of its content, and only then is there a row in the database.
Knows nothing of HTTP or Reflex.
"""
