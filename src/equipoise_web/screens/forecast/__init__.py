"""Why is this number so: an explanation as a page, or as the side panel of another."""
