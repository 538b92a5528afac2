"""What is known to go wrong in this field, what guards against it here, and the tests that show the guard at work.

The catalogue is data (`*.toml`, a file for each part of the program); `make traps` switches each guard off in turn.
"""
