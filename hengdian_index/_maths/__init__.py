"""Arrays only: statistics that merge, fitted maps, means with their pairs, Shapley values, components."""
