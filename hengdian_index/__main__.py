"""`python -m hengdian_index` is the command `hengdian-index`."""

from hengdian_index.cli import main

main()
