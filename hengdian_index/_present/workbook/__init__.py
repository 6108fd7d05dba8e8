"""A result as a workbook of live formulas: a reader can follow each number down to the indicators."""
