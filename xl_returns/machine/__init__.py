"""The seller's computer: where Python lives for Excel, how it is set up, what is wrong with it."""
