"""What the pages tell: the report's numbers beside ours, as tables, cards, lessons and texts."""
