"""The process engine: runs BPMN diagrams and knows nothing of recruitment."""
