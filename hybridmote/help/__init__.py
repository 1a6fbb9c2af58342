"""The room help: somebody cannot hear or see, and staff answer them alone, in writing."""
