"""What a visitor can change; all of it stands in the address."""
