"""All minimal functional dependencies of a CSV file with Desbordante's HyFD: with_hyfd.py FILE. Prints how many."""

import sys

import desbordante

search = desbordante.fd.algorithms.HyFD()
search.load_data(table=(sys.argv[1], ",", True))
search.execute()
print(len(search.get_fds()))
