"""What starts in an image of a Python function: the handler lies beside it as function.py."""

from fmesh.main import main

if __name__ == "__main__":
    main()
