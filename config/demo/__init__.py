"""The demo company: Lianhe Tools, an invented wholesaler of industrial tools in Shanghai.

All people and companies are fiction. It is made through the same services as real data, always the
same, so the demo has a true trail and screenshots do not change.
"""
