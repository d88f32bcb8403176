"""HTML pages for citizens and staff."""
