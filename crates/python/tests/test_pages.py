"""What the pages tell people to type."""

import re

import pyarrow
from conftest import STILLS, TESTDATA

ROOT = TESTDATA.parent


def blocks(page):
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)


def test_the_spark_page(tmp_path):
    (code,) = [block for block in blocks("docs/scale.md") if "mapInArrow" in block]
    page = {}
    exec(code, page)
    photos = [STILLS[0].read_bytes(), b"no photo", None]
    batches = [pyarrow.record_batch({"path": ["a", "b", "c"], "content": pyarrow.array(photos, pyarrow.binary())})] * 2
    made = list(page["avatars"](iter(batches)))
    assert len(made) == 2
    promised = [column.split() for column in page["SCHEMA"].replace("\n", " ").split(",")]
    kinds = {"string": "string", "binary": "binary", "int": "int32", "array<string>": "list<item: string>"}
    assert [(field.name, str(field.type)) for field in made[0].schema] == [(name, kinds[kind]) for name, kind in promised]
    assert made[0]["error_kind"].to_pylist() == [None, "unknown_format", None]
    assert [avatar is not None for avatar in made[1]["avatar"].to_pylist()] == [True, False, False]


def test_the_readme(monkeypatch, capsys):
    (code,) = [block for block in blocks("README.md") if "headshot" in block]
    monkeypatch.chdir(ROOT)
    exec(code, {})
    assert capsys.readouterr().out.startswith("jpeg 512 ['turned by 90 degrees")


def test_the_readme_of_the_wheel(monkeypatch, tmp_path, capsys):
    (code,) = blocks("crates/python/README.md")
    (tmp_path / "me.jpg").write_bytes((TESTDATA / "still/astronaut.jpg").read_bytes())
    monkeypatch.chdir(tmp_path)
    exec(code, {})
    assert (tmp_path / "avatar.jpeg").stat().st_size > 1000
    assert capsys.readouterr().out.startswith("512 [")
