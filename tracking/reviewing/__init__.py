"""What waits for somebody's review, of every kind, in one list."""
