"""What `make bench NAME=faults` is made of: a whole house, its people, and what kills its processes."""
