"""What each query of each store is expected to read: a module for each feature, all of them collected by itself."""
