"""A back-up: the database as it stood at one instant, the attached files, and a manifest that says what must be in it.

`archive` is the file and what stands in it; `dumps` takes a database out and puts it back; `making` and `restoring`
are the two acts. The secret key stays out: whoever has the back-up alone can forge no state. Its print goes along, so
that a back-up is not restored under another key, by which no case could go on.
"""
