"""What is shared with the machine: files written whole, settings of the process, the version that is installed."""
