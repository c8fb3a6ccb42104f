"""What trained networks, and classical denoisers, make of pictures; no Keras in here."""
