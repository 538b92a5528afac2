"""Lists as Excel workbooks: one way for every page and every endpoint.

`export` says what a list is, `answering` gives it, `asked` says which filters it shows; the other modules are the
lists, each with the columns that its page shows.
"""
