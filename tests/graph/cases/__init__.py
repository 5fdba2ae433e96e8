"""The mutations under test: a module for each feature, all of them collected by themselves."""
