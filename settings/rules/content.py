"""Rules of what is pulled into homes."""

from settings.groups.notebook import NotebookSettings
from settings.types.files import overlap


def file_errors(notebook: NotebookSettings) -> list[str]:
    """Report files in the home, which belongs to people."""
    return [
        f"notebook.files: has {path}, which is in the home or hides it; name a place elsewhere, such as /etc"
        for path in notebook.files
        if overlap(path, notebook.home_path)
    ]


def folder_errors(notebook: NotebookSettings) -> list[str]:
    """Report repositories of which one would be in the folder of another."""
    paths = [entry.path for entry in notebook.content]
    return [
        f"notebook.content[{index}].folder: is that of another entry, or one in the other; name another"
        for index, path in enumerate(paths)
        if any(overlap(path, other) for other in paths[:index])
    ]
