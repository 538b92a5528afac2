"""Signed checkpoints of the history, kept outside the database.

A hash chain does not show that whoever may write in the database cut it, computed it anew or put an old copy back. A
checkpoint says, signed and on a file apart, with which act each chain ended: what it covers can be none of that unseen.
`keys` signs, `log` is the file, `taking` writes it, `coverage` says what it holds the history to, `checking` compares.
"""
