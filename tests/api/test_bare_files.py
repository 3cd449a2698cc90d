"""What is passed over when a file is looked into, and what is not."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from supportdesk.storage.decoding.films import look_at_film
from supportdesk.storage.decoding.pictures import look_at_picture
from supportdesk.storage.decoding.worker import Seen, Unreadable
from tests.load import _large
from tests.load._large import Writer
from tests.support import files

TYPES = {form: f"image/{form.lower()}" for form in ("JPEG", "PNG", "GIF", "WEBP", "AVIF")}
SIZE = 300_000


def seen(path: Path, content: bytes, form: str) -> Seen:
    path.write_bytes(content)
    return look_at_picture(path, TYPES[form], 1)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_which_way_up_it_is_is_read(tmp_path: Path, form: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = seen(tmp_path / "a", files.picture(form, exif=exif, icc_profile=b"profile"), form)
    assert (found.width, found.height) == (40, 60)
    with Image.open(io.BytesIO(found.picture)) as small:
        assert small.size == (40, 60)


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_of_what_moves_the_first_frame_is_seen(tmp_path: Path, form: str) -> None:
    more = [Image.new("RGB", (60, 40), "navy")]
    found = seen(tmp_path / "a", files.picture(form, save_all=True, append_images=more), form)
    with Image.open(io.BytesIO(found.picture)) as small:
        red, _, blue = small.convert("RGB").getpixel((30, 20))
    assert (found.width, red > 200, blue < 120) == (60, True, True)


@pytest.mark.parametrize("form", list(TYPES))
def test_what_is_cut_short_is_noticed(tmp_path: Path, form: str) -> None:
    content = files.picture(form, (300, 300))
    assert seen(tmp_path / "a", content, form).width == 300
    with pytest.raises(Unreadable):
        seen(tmp_path / "a", content[: len(content) * 2 // 3], form)


@pytest.mark.parametrize(
    ("write", "type_"),
    [
        *((each, "image/jpeg") for each in (_large.jpeg_comments, _large.jpeg_profile)),
        *(
            (each, "image/png")
            for each in (_large.png_text, _large.png_profile, _large.png_private)
        ),
        *((each, "image/gif") for each in (_large.gif_comment, _large.gif_frames)),
        *((each, "image/webp") for each in (_large.webp_exif, _large.webp_profile)),
    ],
)
def test_what_a_picture_says_besides_is_in_nobodys_way(
    tmp_path: Path, write: Writer, type_: str
) -> None:
    write(tmp_path / "a", SIZE)
    found = look_at_picture(tmp_path / "a", type_, 1)
    assert (found.width, found.height, bool(found.picture)) == (60, 40, True)


@pytest.mark.parametrize("write", [_large.film_cover, _large.film_comment, _large.film_unknown])
def test_what_a_film_says_besides_is_in_nobodys_way(tmp_path: Path, write: Writer) -> None:
    write(tmp_path / "a", SIZE)
    assert look_at_film(tmp_path / "a", "video/mp4", 1) == Seen("video/mp4", 64, 48, 2.0)


@pytest.mark.parametrize("write", [_large.song_cover, _large.song_remark])
def test_what_a_sound_says_besides_is_in_nobodys_way(tmp_path: Path, write: Writer) -> None:
    write(tmp_path / "a", SIZE)
    assert look_at_film(tmp_path / "a", "audio/x", 1).seconds > 1
