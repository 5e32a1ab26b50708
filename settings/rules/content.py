"""Rules of what is pulled into homes."""

from settings.groups.notebook import NotebookSettings


def file_errors(notebook: NotebookSettings) -> list[str]:
    """Report files in the home, which belongs to people."""
    home = f"{notebook.home_path}/"
    return [
        f"notebook.files: has {path}, which is in the home ({home}); name a place outside of it, such as /etc"
        for path in notebook.files
        if path.startswith(home) or home.startswith(f"{path}/")
    ]


def folder_errors(notebook: NotebookSettings) -> list[str]:
    """Report repositories of which one would be in the folder of another."""
    paths = [f"{entry.path}/" for entry in notebook.content]
    return [
        f"notebook.content[{index}].folder: is that of another entry, or one in the other; name another"
        for index, path in enumerate(paths)
        if any(path.startswith(other) or other.startswith(path) for other in paths[:index])
    ]
