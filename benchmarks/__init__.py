"""Measures of what people wait for, as ratios to a baseline taken in the same run on the same machine."""
