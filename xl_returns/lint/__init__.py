"""What is wrong with a policy: gaps, dead rules, crossings, conflicts, each with an example.

Everything is found with the boxes of the compiled rules, the same masks that decide.
"""
