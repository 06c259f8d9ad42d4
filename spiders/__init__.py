"""What we know about each portal: one small module per portal, by province. `platforms` holds the CMS families."""
