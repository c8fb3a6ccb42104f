"""Pictures and browser widgets; a folder each holds a widget's Python, HTML, CSS and JavaScript."""
