"""The faces of Plimsoll: translate what a person or a program says, call the application, show the answer."""
