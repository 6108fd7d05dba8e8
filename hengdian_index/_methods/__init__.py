"""The registry of methods, the decorators that fill it, and the sample that a method sees."""
