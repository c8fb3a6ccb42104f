"""Pictures: reading any that a person has, the data set, the samples."""
