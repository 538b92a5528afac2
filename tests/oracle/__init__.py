"""What the calendar, the ledger and the reminders should say, computed apart.

Nothing here imports the product or the libraries that it uses for the same purpose; an import contract sees to it.
"""
