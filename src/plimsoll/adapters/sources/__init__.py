"""Places that series are read from; one file each."""
