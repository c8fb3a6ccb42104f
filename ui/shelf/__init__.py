"""What all visitors share: everything that is cached."""
