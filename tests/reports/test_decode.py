import codecs

import pytest

from xl_returns.reports.decode import decode

LATIN = "sku\tname\r\nA\tCámara «première» für Größe, ação — l’été “S” it’s 19 €\r\n"
JAPANESE = "sku\tname\r\nA\tUSBケーブル 高速充電 ﾌﾞﾗｯｸ 株式会社\r\nB\t傘\r\n"
CHINESE = "sku\treason翻译\r\nA\t商品与描述不符，已退货\r\n"


@pytest.mark.parametrize("text", [LATIN, JAPANESE, CHINESE])
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
def test_unicode_files_read_with_and_without_mark(text, mark, encoding):
    assert decode(mark + text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_text_without_mark_is_noticed(encoding):
    assert decode(LATIN.encode(encoding)) == LATIN


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (LATIN, "cp1252"),
        (JAPANESE, "cp932"),
        (CHINESE, "gb18030"),
        ("name\r\nCámara de prueba\tinalámbrico", "cp1252"),
        ("name\r\nit’s fine", "cp1252"),
        ("name\r\nGRÖSSE ÜBER", "cp1252"),
    ],
)
def test_old_code_pages_are_told_apart(text, encoding):
    assert decode(text.encode(encoding)) == text


def test_bytes_of_no_code_page_still_become_text():
    assert decode(b"a\x81\x8d\xff") == "a\x81\x8d\xff"


def test_utf8_with_a_broken_letter_stays_utf8():
    text = JAPANESE + LATIN
    damaged = text.encode() + "é".encode()[:1]
    assert decode(damaged) == text + "\ufffd"
