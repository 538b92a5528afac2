"""What each released version stored: its diagrams and forms, a state for every step where a case can rest, back-ups.

`python -m tests.releases` writes the folder of the version in `pyproject.toml`. It is done once, when a version
is released; what was written then is never written again: it stands for what installations hold.
"""
