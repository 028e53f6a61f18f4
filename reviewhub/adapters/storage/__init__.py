"""Two implementations of the Storage port: `local` (with `server`, its origin of its own) and `s3`."""
