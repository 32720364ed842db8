"""Parts that no maker at hand writes, put into a workbook as Excel stores them."""

from __future__ import annotations

import posixpath

from tests.support.zips import members, package

_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_MS = "http://schemas.microsoft.com/office/"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_EMPTY = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
RETURNS, BOOK = "xl/worksheets/sheet2.xml", "xl/workbook.xml"


def _with(content, part, source, kind, mime, data):
    """A workbook's members with one more part, its relation and its content type."""
    folder, name = posixpath.split(source)
    rels = posixpath.join(folder, "_rels", f"{name}.rels")
    relations = content.get(rels, _EMPTY.encode()).decode()
    link = f'<Relationship Id="rIdX{len(content)}" Type="{kind}" Target="/{part}"/>'
    types = content["[Content_Types].xml"].decode()
    over = f'<Override PartName="/{part}" ContentType="{mime}"/>'
    return content | {
        rels: relations.replace("</Relationships>", link + "</Relationships>").encode(),
        "[Content_Types].xml": types.replace("</Types>", over + "</Types>").encode(),
        part: data if isinstance(data, bytes) else data.encode(),
    }


def _added(*described):
    def make(raw):
        content = members(raw)
        for one in described:
            content = _with(content, *one)
        return package(content)

    return make


_THREADS = (
    ("xl/persons/person.xml", BOOK, _MS + "2017/10/relationships/person",
     "application/vnd.ms-excel.person+xml",
     (f'<personList xmlns="{_MS}spreadsheetml/2018/threadedcomments"><person displayName="Me" '
     'id="{00000000-0000-0000-0000-000000000001}" userId="me" providerId="None"/></personList>')),
    ("xl/threadedComments/threadedComment1.xml", RETURNS, _MS + "2017/10/relationships/threadedComment",
     "application/vnd.ms-excel.threadedcomments+xml",
     (f'<ThreadedComments xmlns="{_MS}spreadsheetml/2018/threadedcomments"><threadedComment ref="BJ20" '
     'dT="2026-01-01T00:00:00.00" personId="{00000000-0000-0000-0000-000000000001}" '
     'id="{00000000-0000-0000-0000-000000000002}"><text>Why &amp; how?</text></threadedComment>'
     "</ThreadedComments>")),
)  # fmt: skip
_SLICER = (
    ("xl/slicerCaches/slicerCache1.xml", BOOK, _MS + "2007/relationships/slicerCache",
     "application/vnd.ms-excel.slicerCache+xml",
     (f'<slicerCacheDefinition xmlns="{_MS}spreadsheetml/2009/9/main" name="Slicer_Status" sourceName="Status">'
     f'<extLst><x:ext {_MAIN.replace("xmlns", "xmlns:x")} uri="{{2F2917AC-EB37-4324-AD4E-5DD8C200BD13}}">'
     f'<x15:tableSlicerCache xmlns:x15="{_MS}spreadsheetml/2010/11/main" tableId="1" column="18"/>'
     "</x:ext></extLst></slicerCacheDefinition>")),
    ("xl/slicers/slicer1.xml", RETURNS, _MS + "2007/relationships/slicer",
     "application/vnd.ms-excel.slicer+xml",
     (f'<slicers xmlns="{_MS}spreadsheetml/2009/9/main"><slicer name="Status" cache="Slicer_Status" '
     'caption="Status" rowHeight="241300"/></slicers>')),
)  # fmt: skip
_CUSTOM = (
    ("customXml/item1.xml", BOOK, _DOCUMENT + "customXml", "application/xml", "<a xmlns='urn:x'>&#10;</a>"),
    ("customXml/itemProps1.xml", "customXml/item1.xml", _DOCUMENT + "customXmlProps",
     "application/vnd.openxmlformats-officedocument.customXmlProperties+xml",
     ('<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" '
     'ds:itemID="{00000000-0000-0000-0000-000000000003}"/>')),
)  # fmt: skip
_PRINTER = (
    ("xl/printerSettings/printerSettings1.bin", RETURNS, _DOCUMENT + "printerSettings",
     _TYPE + "printerSettings", bytes(range(256)) * 9),
)  # fmt: skip
_LINK = (
    ("xl/externalLinks/externalLink1.xml", BOOK, _DOCUMENT + "externalLink", _TYPE + "externalLink+xml",
     (f"<externalLink {_MAIN}><externalBook><sheetNames><sheetName val='Other'/></sheetNames>"
     "</externalBook></externalLink>")),
)  # fmt: skip
_QUERY = (
    ("xl/connections.xml", BOOK, _DOCUMENT + "connections", _TYPE + "connections+xml",
     (f'<connections {_MAIN}><connection id="1" name="Query" type="5" refreshedVersion="8">'
     '<dbPr connection="Provider=x;" command="SELECT 1"/></connection></connections>')),
    ("xl/queryTables/queryTable1.xml", "xl/tables/table1.xml", _DOCUMENT + "queryTable",
     _TYPE + "queryTable+xml", f'<queryTable {_MAIN} name="q" connectionId="1"/>'),
)  # fmt: skip
_RIBBON = (
    ("customUI/customUI.xml", "", _MS + "2006/relationships/ui/extensibility", "application/xml",
     f'<customUI xmlns="{_MS}2006/01/customui"><ribbon><tabs/></ribbon></customUI>'),
    ("xl/vbaProject.bin", BOOK, _MS + "2006/relationships/vbaProject",
     "application/vnd.ms-office.vbaProject", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096)),
)  # fmt: skip
_ADD_IN = (
    ("xl/webextensions/webextension1.xml", "", _MS + "2011/relationships/webextension",
     "application/vnd.ms-office.webextension+xml",
     f'<we:webextension xmlns:we="{_MS}webextensions/webextension/2010/11" id="{{1}}"/>'),
    ("docMetadata/LabelInfo.xml", "", "http://schemas.microsoft.com/office/2020/02/relationships/classificationlabels",
     "application/vnd.ms-office.classificationlabels+xml",
     '<clbl:labelList xmlns:clbl="http://schemas.microsoft.com/office/2020/mipLabelMetadata"/>'),
    ("xl/activeX/activeX1.bin", RETURNS, _MS + "2006/relationships/activeXControlBinary",
     "application/vnd.ms-office.activeX", b"\0\1\2" * 99),
    ("xl/ctrlProps/ctrlProp1.xml", RETURNS, _DOCUMENT + "ctrlProp", "application/vnd.ms-excel.controlproperties+xml",
     f'<formControlPr xmlns="{_MS}spreadsheetml/2009/9/main" objectType="CheckBox" lockText="1"/>'),
)  # fmt: skip
_SIGNED = (
    ("_xmlsignatures/origin.sigs", "", "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin",
     "application/vnd.openxmlformats-package.digital-signature-origin", b""),
)  # fmt: skip

ADDED = (
    ("threaded comments and persons", _added(*_THREADS), False),
    ("a slicer on Returns", _added(*_SLICER), False),
    ("custom XML", _added(*_CUSTOM), False),
    ("printer settings", _added(*_PRINTER), False),
    ("a link to another workbook", _added(*_LINK), False),
    ("a data connection and its query table", _added(*_QUERY), False),
    ("an own VBA project and ribbon", _added(*_RIBBON), False),
    ("web add-in, sensitivity label, ActiveX, form control", _added(*_ADD_IN), False),
    ("all of these parts at once", _added(
        *_THREADS, *_SLICER, *_CUSTOM, *_PRINTER, *_LINK, *_QUERY, *_RIBBON, *_ADD_IN), False),
    ("a digital signature", _added(*_SIGNED), True),
)  # fmt: skip
