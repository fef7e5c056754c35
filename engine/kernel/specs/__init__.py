"""Our spec classes: what each kind of element does, as SpiffWorkflow task specs."""
