"""Every text that a person reads, in every language, and the small document model that carries it."""
