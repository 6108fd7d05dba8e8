"""The audit of an index: each check one function, the prepared index they see, what they find, and how it is told."""
