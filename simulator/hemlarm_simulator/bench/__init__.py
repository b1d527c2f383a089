"""`hemlarm bench`: what is measured, each figure as a ratio to a floor of the same run."""
