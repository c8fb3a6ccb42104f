"""How good reconstructions are: metrics, and the rows of every measurement."""
