"""Values -> report text, tables, charts and platform files. Pure: templates and knowledge are handed in."""
