"""One file per output format, each a pure function from a Timeline to text."""
