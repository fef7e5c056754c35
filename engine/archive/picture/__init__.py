"""A diagram as SVG with the path that a case took: read from its BPMN DI, without any script."""

from engine.archive.picture.drawing import Marks, draw
from engine.archive.picture.plan import Edge, Plan, Shape, read

__all__ = ["Edge", "Marks", "Plan", "Shape", "draw", "read"]
