"""The benchmarks: what the product costs as it grows."""
