"""What the loopback hub offers: folders owner/name with files, and a hub.json of what is odd about them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

NOTE = "hub.json"  # {"gated": "the token that may", "license": "mit", "disabled": true, "names": ["../x"]}


class Shelves:
    """Repositories under a folder; read anew at each question, so that files can change."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._hashes: dict[tuple[str, int, int], str] = {}

    def repositories(self) -> list[str]:
        return sorted(
            path.relative_to(self.root).as_posix() for path in self.root.glob("*/*") if path.is_dir()
        )

    def exists(self, repo: str) -> bool:
        return repo.count("/") == 1 and ".." not in repo and (self.root / repo).is_dir()

    def note(self, repo: str) -> dict[str, Any]:
        path = self.root / repo / NOTE
        return json.loads(path.read_text()) if path.is_file() else {}

    def files(self, repo: str) -> dict[str, Path]:
        folder = self.root / repo
        return {
            path.relative_to(folder).as_posix(): path
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != NOTE
        }

    def sha256(self, path: Path) -> str:
        status = path.stat()
        key = (str(path), status.st_size, status.st_mtime_ns)
        if key not in self._hashes:
            with path.open("rb") as file:
                self._hashes[key] = hashlib.file_digest(file, "sha256").hexdigest()
        return self._hashes[key]

    def blob(self, sha256: str) -> Path | None:
        for repo in self.repositories():
            for path in self.files(repo).values():
                if self.sha256(path) == sha256:
                    return path
        return None

    def commit(self, repo: str) -> str:
        told = "".join(f"{name} {self.sha256(path)}\n" for name, path in self.files(repo).items())
        return hashlib.sha1(told.encode()).hexdigest()

    def listed(self, repo: str) -> dict[str, Any]:
        """Return a repository as in a search."""
        note = self.note(repo)
        return {
            "id": repo,
            "modelId": repo,
            "gated": "auto" if note.get("gated") else False,
            "downloads": note.get("downloads", 0),
            "tags": ["gguf", *([f"license:{note['license']}"] if "license" in note else [])],
            "gguf": {"total": note.get("parameters", 0), "architecture": "llama", "context_length": 256},
        }

    def told(self, repo: str) -> dict[str, Any]:
        """Return a repository with its files."""
        siblings = [
            {
                "rfilename": name,
                "size": path.stat().st_size,
                "lfs": {"sha256": self.sha256(path), "size": path.stat().st_size, "pointerSize": 134},
            }
            for name, path in self.files(repo).items()
        ]
        siblings += [{"rfilename": name, "size": 3} for name in self.note(repo).get("names", [])]
        return {**self.listed(repo), "sha": self.commit(repo), "siblings": siblings}
