"""Load-test files of many tools, read into steps or a recording; one file a format, recognized by content."""
