"""How the notices about handovers read. Names are those the reader may see at this moment."""
