"""Document-sharing sites, which no province has."""
