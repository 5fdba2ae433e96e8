"""MongoDB: documents, stores, indexes, change streams, the embedded server. Every query is here.

MongoDB's names stay in this room. May import domain.
"""
