"""Records in order, at the cost of a page: what fits a query, how many there are, and any place among them."""
