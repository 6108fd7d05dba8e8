"""What an index is and what was computed, told: in words and formulas, step by step, and in a notebook."""
