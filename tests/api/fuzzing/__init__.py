"""Requests that nobody wrote: made by chance from the description of the API, and from what programs get wrong.

`world` is where they arrive, `wire` sends them as they are, `values` is what they bring, `requests` makes them of what
the description allows and forbids, and `judge` says what is wrong with an answer.
"""
