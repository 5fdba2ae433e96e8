"""Benchmarks: commands of their own, whose figures are ratios and rates of one run."""
