"""The demonstration: invented people who work through real use cases, on days before the one it is loaded."""
