"""Tables that do not fit into memory: read in pieces, learnt from in passes, scored into a folder."""
