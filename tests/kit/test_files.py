"""What becomes of a file that somebody sends, by what is in it."""

import io

import pytest
from PIL import Image

from kit import files
from tests.crm import hostile_files as hostile


@pytest.mark.parametrize(("name", "data", "kind"), hostile.honest())
def test_an_honest_file_is_kept_by_what_it_is(name, data, kind):
    assert files.cleaned(data, name)[0] == kind


@pytest.mark.parametrize(("name", "data"), hostile.refused())
def test_a_file_that_lies_or_acts_is_not_kept(name, data):
    with pytest.raises(files.Unsafe):
        files.cleaned(data, name)


@pytest.mark.parametrize(("name", "data"), hostile.hidden())
def test_a_picture_is_kept_without_what_cannot_be_seen(name, data):
    _kind, kept, _name = files.cleaned(data, name)
    assert hostile.PLACE not in kept and b"<script" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


def test_a_file_over_the_limit_is_not_kept():
    with pytest.raises(files.Unsafe) as refused:
        files.cleaned(hostile.PDF + b" " * files.MOST_BYTES, "x.pdf")
    assert refused.value.code == "too_large"


def test_a_photo_that_lay_on_its_side_stands_upright():
    exif = Image.Exif()
    exif[274] = 6
    _kind, kept, _name = files.cleaned(hostile.picture(exif=exif), "x.jpg")
    assert Image.open(io.BytesIO(kept)).size == (60, 80)


def test_a_marked_picture_is_another_picture():
    bare = hostile.picture(size=(400, 300))
    shown = files.marked(bare, "rep.east 李伟 2026-11-23")
    colours = Image.open(io.BytesIO(shown)).convert("RGB").getcolors(1 << 20)
    assert len(colours) > 10
