"""The register: extracts of CAST imported, searched, and the long lists of calls."""
