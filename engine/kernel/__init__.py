"""The process engine proper: a pure step over SpiffWorkflow, which no other room imports."""
