"""A tree of choices and rows become fitted maps, weights and the scores of every group."""
