"""What came of a verification: counted (tally), for people (text, page) and for machines (machine)."""
