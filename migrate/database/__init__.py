"""The SQLite database of another hub: copied to this hub's volume, where the file that was there is kept.

`place` finds both volumes and the hubs that have them, `in_pod` is the program that reads and writes the files, in a
`pod` beside the stopped hubs, and `carry` takes the steps.
"""
