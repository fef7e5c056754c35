"""The figures of the budget, each with a floor measured beside it in the same run."""
