"""Unusual but valid ways to write down one workbook: other XML, other zip archives."""

from __future__ import annotations

import io
import re
import struct
import zipfile

from tests.support.parts import BOOK, RETURNS
from tests.support.zips import members, package
from xl_returns.books.refs import Area

_STRINGS = "xl/sharedStrings.xml"
_TAG = re.compile(r"<[^<>]*>")
_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def _sheets(change, also=()):
    """A form that changes the text of every sheet, and of some other parts."""

    def make(raw):
        content = members(raw)
        for name, data in content.items():
            if name.startswith(("xl/worksheets/sheet", *also)):
                new = change(data.decode())
                content[name] = new if isinstance(new, bytes) else new.encode()
        return package(content)

    return make


def _returns(change):
    """A form that changes the text of the Returns sheet."""
    return lambda raw: package(
        (content := members(raw)) | {RETURNS: change(content[RETURNS].decode()).encode()}
    )


def _prefixed(text):
    text = re.sub(r"<(/?)(?=[A-Za-z]\w*[\s/>])", r"<\1x:", text)
    return text.replace("xmlns=", "xmlns:x=", 1)


def _single_quotes(text):
    return _TAG.sub(
        lambda t: t[0] if "'" in t[0] or t[0][1] == "?" else t[0].replace('"', "'"), text
    )


def _pretty(text):
    return re.sub(r">(?=<(?:row|c|/row|/sheetData|cols|mergeCells)\b)", ">\r\n\t ", text)


def _comments(text):
    text = text.replace("<row ", "<!-- a > b & c --><row ").replace("</row>", "<?pi x?></row>")
    return re.sub(r"<v>", "<!----><v>", text)


def _inline(raw):
    """Every shared string where it is used, each second one as CDATA, some cut by comments."""
    content = members(raw)
    strings = re.findall(r"<si>(.*?)</si>", content[_STRINGS].decode(), re.DOTALL)

    def inline(found):
        text, number = strings[int(found[2])], int(found[2])
        if number % 2 and "<r>" not in text and "&" not in text:
            text = re.sub(r">([^<]*)<", r"><![CDATA[\1]]><", text, count=1)
        return f'{found[1]} t="inlineStr"><is>{text}</is></c>'

    for name, data in content.items():
        if name.startswith("xl/worksheets/sheet"):
            cells = r'(<c r="[A-Z]+\d+"(?: s="\d+")?) t="s"><v>(\d+)</v></c>'
            content[name] = re.sub(cells, inline, data.decode()).encode()
    return package(content)


def _without_places(text):
    """No `r` where a row or cell follows the one before, no `spans`, as some streaming writers do."""
    before, row_before = [0], [0]

    def cell(found):
        area = Area.parse(found[2])
        follows, before[0] = area.left == before[0] + 1, area.left
        return f"<c{found[3]}" if follows else found[0]

    def row(found):
        number, before[0] = int(found[1]), 0
        follows, row_before[0] = number == row_before[0] + 1, number
        rest = re.sub(r' spans="[^"]*"', "", found[2])
        return f"<row{rest}" if follows else f'<row r="{number}"{rest}'

    tags = re.compile(r'<row r="(\d+)"([^>]*>)|<c( r="([A-Z]+\d+)")([^>]*>)')

    def either(found):
        if found[1]:
            return row(found)
        return cell((found[0], None, found[4], found[5]))

    return tags.sub(either, text)


def _attribute_order(text):
    return re.sub(r'<c (r="[A-Z]+\d+") (s="\d+") (t="\w+")>', r"<c  \3\n\2 \1 >", text)


def _shared_formulas(text):
    def ended(found):
        number = int(found[1])
        formula = (
            f'<f t="shared" ref="BH5:BH9" si="0">M{number}*2</f>'
            if number == 5
            else '<f t="shared" si="0"/>'
        )
        return f'{found[0][:-6]}<c r="BH{number}">{formula}<v>1</v></c></row>'

    return re.sub(r'<row r="([5-9])".*?</row>', ended, text, flags=re.DOTALL)


def _iso_dates(text):
    return re.sub(r'(<c r="[EG]\d+" s="\d+")><v>\d+</v>', r'\1 t="d"><v>2026-11-20</v>', text)


def _bare_numbers(text):
    return re.sub(r'(<c r="L\d+" s="\d+")><v>1</v>', r'\1 t="n"><v>1.0E0</v>', text)


def _strange_tail(text):
    extra = (
        '<extLst><ext uri="{x}"><n:a xmlns:n="urn:n" sqref="A1"><n:c r="A1"/></n:a></ext></extLst>'
        "</worksheet><!-- the end -->\n"
    )
    return text.replace("</worksheet>", extra)


def _absolute_targets(raw):
    content = members(raw)
    rels = content["xl/_rels/workbook.xml.rels"]
    return package(
        content | {"xl/_rels/workbook.xml.rels": rels.replace(b'Target="', b'Target="/xl/')}
    )


def _other_case(raw):
    content = members(raw)
    return package(
        {n.replace("worksheets/sheet2.xml", "worksheets/Sheet2.XML"): d for n, d in content.items()}
    )


def _doctype(raw):
    content = members(raw)
    wrong = content[RETURNS].replace(
        b"<worksheet", b'<!DOCTYPE worksheet [<!ENTITY a "b">]><worksheet', 1
    )
    return package(content | {RETURNS: wrong})


def _utf16(text):
    return text.replace("UTF-8", "UTF-16").encode("utf-16")


XML = (
    ("prefixed names", _sheets(_prefixed, ("xl/tables/", BOOK)), False),
    ("single quotes", _sheets(_single_quotes, ("xl/tables/", BOOK)), False),
    ("line ends and tabs between all tags", _sheets(_pretty), False),
    ("comments and processing instructions", _sheets(_comments), False),
    ("inline strings, CDATA", _inline, False),
    ("rows and cells without places, no spans", _returns(_without_places), False),
    ("other order of attributes", _sheets(_attribute_order), False),
    ("shared formulas", _returns(_shared_formulas), False),
    ("ISO dates", _returns(_iso_dates), False),
    ("other spellings of numbers", _returns(_bare_numbers), False),
    ("unknown extensions, words after the end", _sheets(_strange_tail), False),
    ("byte order mark", _sheets(lambda text: "\ufeff" + text, ("xl/tables/", BOOK)), False),
    ("absolute targets", _absolute_targets, False),
    ("a part's name in other case", _other_case, False),
    ("UTF-16", _sheets(_utf16), True),
    ("Strict Open XML", _sheets(lambda t: t.replace(_SPREADSHEET, _STRICT), (BOOK,)), True),
    ("a document type with entities", _doctype, True),
)  # fmt: skip


class _Pipe(io.RawIOBase):
    """A stream that cannot seek, for which zipfile writes data descriptors."""

    def __init__(self):
        self.made = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.made += data
        return len(data)


def _archive(
    out, raw, *, method=zipfile.ZIP_DEFLATED, extra=b"", zip64=False, order=1, comment=b""
):
    with zipfile.ZipFile(out, "w", method) as file:
        file.comment = comment
        for name, data in list(members(raw).items())[::order]:
            info = zipfile.ZipInfo(name, (2001, 1, 1, 0, 0, 0))
            info.compress_type, info.extra, info.external_attr = method, extra, 0o600 << 16
            with file.open(info, "w", force_zip64=zip64) as member:
                member.write(data)
    return out


def _zipped(**how):
    return lambda raw: _archive(io.BytesIO(), raw, **how).getvalue()


def _with_folders(raw):
    return package({"xl/": b"", "xl/worksheets/": b"", **members(raw)})


def _changed_central(raw, at, value):
    """One field of the last entry of the directory with another value."""
    place = raw.rindex(b"PK\x01\x02") + at
    return raw[:place] + value + raw[place + len(value) :]


_EXTRA = struct.pack("<HH9s", 0x5455, 9, b"\x03" + bytes(8))
ZIP = (
    ("members stored", _zipped(method=zipfile.ZIP_STORED), False),
    ("data descriptors", lambda raw: bytes(_archive(_Pipe(), raw).made), False),
    ("zip64 members", _zipped(zip64=True), False),
    ("extra fields", _zipped(extra=_EXTRA), False),
    ("members in reverse order", _zipped(order=-1), False),
    ("a comment", _zipped(comment=b"made by hand"), False),
    ("folders as members", _with_folders, False),
    ("bzip2", _zipped(method=zipfile.ZIP_BZIP2), True),
    ("an encrypted member", lambda raw: _changed_central(raw, 8, b"\1\0"), True),
    ("zip64 sizes in the directory", lambda raw: _changed_central(raw, 20, b"\xff" * 8), True),
    ("bytes before the archive", lambda raw: b"MZ" + raw, True),
)  # fmt: skip
