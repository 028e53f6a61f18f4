"""Looks at the running house as its people do, and tells where it is not blind. Writes nothing."""
