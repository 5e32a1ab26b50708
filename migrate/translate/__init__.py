"""Translations of the parts of the chart: each function reads values of a plan and answers for them."""
