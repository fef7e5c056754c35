"""From a BPMN file to the graph that runs: names, extensions and the normaliser."""
