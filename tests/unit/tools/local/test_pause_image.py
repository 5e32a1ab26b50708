import hashlib
import json
import tarfile
from pathlib import Path

from tools.local import pause_image


def test_the_archive_has_the_program_and_the_image_reference(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_bytes(b"a static program")
    pause_image.write(program, "localhost/x/pause:1", tmp_path / "pause.tar")
    with tarfile.open(tmp_path / "pause.tar") as archive:
        files = {member.name: (archive.extractfile(member) or program.open("rb")).read() for member in archive}
    (image,) = json.loads(files["manifest.json"])
    configuration = json.loads(files[image["Config"]])
    (layer,) = image["Layers"]
    assert image["RepoTags"] == ["localhost/x/pause:1"]
    assert configuration["config"]["Entrypoint"] == ["/pause"]
    assert configuration["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(files[layer]).hexdigest()}"]
    (tmp_path / "layer.tar").write_bytes(files[layer])
    with tarfile.open(tmp_path / "layer.tar") as content:
        assert content.getmember("pause").mode == 0o755
