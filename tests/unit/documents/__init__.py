"""What the readers, the cleaning and the checks of the documents room promise."""
