"""What travels over the API, with its description in Spanish."""
