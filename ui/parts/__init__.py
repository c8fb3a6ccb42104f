"""What the pages show, part by part."""
