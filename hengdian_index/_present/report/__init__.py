"""A result as one HTML page that needs no network: numbers, charts, tables, the method and where it all comes from."""
