"""What lies over a screen for a moment: the help, a list to choose from.

Belongs here: panels that take the keyboard and give an answer as a message. They are widgets of their screen,
not screens: a translucent screen of Textual's would take the picture below apart, cell by cell.
"""
