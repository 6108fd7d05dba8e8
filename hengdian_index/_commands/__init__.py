"""What the commands of `hengdian-index` share: options, files and standard input, what is printed, how they end."""
