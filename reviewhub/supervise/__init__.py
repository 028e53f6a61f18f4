"""Starting, watching and stopping the processes of one ReviewHub. Standard library only."""
