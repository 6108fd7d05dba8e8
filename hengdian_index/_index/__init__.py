"""The three values a user holds: the index, its fit and its result."""
