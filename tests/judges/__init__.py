"""Other people's tools on what we write: each accepts or serves it, or its disagreement is named, with whose mistake it is."""
