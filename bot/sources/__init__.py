"""Pure: headers and bytes in, verified events out."""
