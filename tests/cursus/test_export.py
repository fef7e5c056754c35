"""The command that takes a case out of the house."""

import os
import subprocess
import sys
import zipfile


def test_the_command_line_writes_the_whole_dossier(office, tmp_path):
    case = office.sent_back_to_the_end(office.open())
    url = office.database.engine.url.render_as_string(hide_password=False)
    settings = {**os.environ, "CURSUS_DATABASE_URL": url, "CURSUS_DATA": str(tmp_path)}
    file = tmp_path / "case.zip"
    run = subprocess.run(  # noqa: S603  # ourselves
        [sys.executable, "-m", "cursus", "history", "export", str(case), str(file)],
        env=settings, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "verify with: python -I -S verifier.py case.zip" in run.stdout
    with zipfile.ZipFile(file) as packed:
        names = set(packed.namelist())
    assert names >= {"case-book.pdf", "events.csv", "events.xes", "manifest.sig.json"}
