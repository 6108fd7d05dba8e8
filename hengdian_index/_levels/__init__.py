"""Scores become levels through time, and their exact parts."""
