"""What a number is before it is any indicator: equal to another or not, read with its decimals, saved under a word."""
