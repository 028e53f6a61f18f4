"""The processes of one ReviewHub: starting, watching and stopping them (house.py knows which)."""
