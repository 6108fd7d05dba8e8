"""Index files in TOML and Excel as plain tables, each value with its place, read and written."""
