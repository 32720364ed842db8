"""The extension `Returns.oxt`, built from its sources: the same bytes from the same sources."""

from __future__ import annotations

import inspect
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from xl_returns import functions
from xl_returns.calc.menu import GROUPS, MENU
from xl_returns.calc.names import OF_ROW, OTHERS, STATUS
from xl_returns.calc.office import words
from xl_returns.core.language import CHINESE, command, marked, text
from xl_returns.core.version import ENGINE
from xl_returns.machine.libreoffice import EXTENSION

_XML: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_REGISTRY: Final = (
    'xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
)
_ADDIN: Final = "org.xlreturns.CalcReturns"
_SERVICES: Final = (_ADDIN, "org.xlreturns.Events", "org.xlreturns.Desk")
_EVENTS: Final = ("onDocumentAdded", "OnSave", "OnSaveAs", "OnSaveDone", "OnSaveAsDone")
_TOOLS: Final = "org.xlreturns.tools"
_SHEETS: Final = "com.sun.star.sheet.SpreadsheetDocument"
_PARTS: Final = {
    "returns.idl": "application/vnd.sun.star.uno-typelibrary;type=RDB",
    "returns.components": "application/vnd.sun.star.uno-components",
    "CalcAddIns.xcu": "application/vnd.sun.star.configuration-data",
    "Addons.xcu": "application/vnd.sun.star.configuration-data",
    "Jobs.xcu": "application/vnd.sun.star.configuration-data",
    "CalcWindowState.xcu": "application/vnd.sun.star.configuration-data",
}
_COMPONENT: Final = (
    "from returns_office.component import g_ImplementationHelper as g_ImplementationHelper\n"
)
_STATUS_HELP: Final = marked("The last message of the live functions. Give it any cell to follow.")


def extension(engine: Mapping[str, Any]) -> bytes:
    """The extension's bytes; `engine` says where Python is (see `machine.libreoffice`)."""
    parts = {
        "META-INF/manifest.xml": _manifest(),
        "description.xml": _description(),
        "returns.idl": _idl(),
        "returns.components": _components(),
        "CalcAddIns.xcu": _functions(),
        "Addons.xcu": _menus(),
        "Jobs.xcu": _jobs(),
        "CalcWindowState.xcu": _toolbar(),
        "component.py": _COMPONENT,
        "functions.json": json.dumps([list(OF_ROW.items()), [*OTHERS.items(), *STATUS.items()]]),
        "engine.json": json.dumps(engine),
        "words.json": json.dumps({said: text(CHINESE, said) for said in words.ALL}),
    }
    for file in sorted((files("xl_returns") / "calc" / "office").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".py"):
            parts[f"pythonpath/returns_office/{file.name}"] = file.read_text("utf-8")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, source in parts.items():
            package.writestr(zipfile.ZipInfo(name), source.encode(), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _manifest() -> str:
    lines = [
        f' <manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>'
        for name, kind in _PARTS.items()
    ]
    space = 'xmlns:manifest="http://openoffice.org/2001/manifest"'
    return _XML + _lines(f"<manifest:manifest {space}>", *lines, "</manifest:manifest>")


def _description() -> str:
    return _XML + _lines(
        '<description xmlns="http://openoffice.org/extensions/description/2006">',
        f' <identifier value="{EXTENSION}"/>',
        f' <version value="{ENGINE}"/>',
        ' <display-name><name lang="en">Returns</name></display-name>',
        "</description>",
    )


def _idl() -> str:
    row = (
        "[in] ::com::sun::star::beans::XPropertySet document, "
        "[in] ::com::sun::star::table::XCellRange row, "
        "[in] any policy, [in] any asOf, [in] any headers"
    )
    table = row.replace("::com::sun::star::table::XCellRange row", "any table")
    tables = "[in] ::com::sun::star::beans::XPropertySet document, [in] sequence< any > tables"
    return _lines(
        "module org { module xlreturns {",
        "interface XCalcReturns {",
        *(f"  any {method}({row});" for method in OF_ROW),
        f"  sequence< sequence< any > > returnAdvice({table});",
        f"  any returnPolicy({tables});",
        "  string returnStatus([in] ::com::sun::star::beans::XPropertySet document, "
        "[in] any follows);",
        "};",
        "}; };",
    )


def _components() -> str:
    made = [
        f'  <implementation name="{name}"><service name="{name}"/></implementation>'
        for name in _SERVICES
    ]
    return _XML + _lines(
        '<components xmlns="http://openoffice.org/2010/uno-components">',
        ' <component loader="com.sun.star.loader.Python" uri="component.py">',
        *made,
        " </component>",
        "</components>",
    )


def _functions() -> str:
    made = [
        _function(method, name, getattr(functions, name))
        for method, name in (*OF_ROW.items(), *OTHERS.items())
    ]
    ((method, name),) = STATUS.items()
    made.append(_described(method, name, [_STATUS_HELP], {"follows": marked("Any cell.")}))
    inside = _node(_ADDIN, _node("AddInFunctions", *made, replace=False))
    return _registry("CalcAddIns", _node("AddInInfo", inside, replace=False))


def _function(method: str, name: str, function: Callable[..., Any]) -> str:
    given = {n: functions.ARGUMENTS[n] for n in inspect.signature(function).parameters}
    return _described(method, name, functions.help_of(function), given)


def _described(method: str, name: str, told: Sequence[str], arguments: Mapping[str, str]) -> str:
    """Arguments are named in UNO as in the interface: `as_of` is asOf."""
    uno_names = {"as_of": "asOf"}
    parameters = [
        _node(
            uno_names.get(argument, argument),
            _text("DisplayName", argument),
            _text("Description", about),
        )
        for argument, about in arguments.items()
    ]
    return _node(
        method,
        _text("DisplayName", name),
        _text("CompatibilityName", name),
        _text("Description", *told),
        _value("Category", "Add-In"),
        _node("Parameters", *parameters, replace=False),
    )


def _menus() -> str:
    menu = _node(
        "org.xlreturns.menu",
        _value("Context", _SHEETS),
        _label(MENU),
        _node("Submenu", *_entries(), replace=False),
    )
    tools = _node(_TOOLS, *_entries(tools=True))
    return _registry(
        "Addons",
        _node(
            "AddonUI",
            _node("OfficeMenuBar", menu, replace=False),
            _node("OfficeToolBar", tools, replace=False),
            replace=False,
        ),
    )


def _toolbar() -> str:
    """The toolbar's name, and its place: docked below the others, with texts."""
    state = _node(
        f"private:resource/toolbar/addon_{_TOOLS}",
        _text("UIName", "Returns"),
        _value("Docked", "true", "boolean"),
        _value("DockingArea", "0", "int"),
        _value("DockPos", "0,2"),
        _value("Visible", "true", "boolean"),
        _value("Style", "1", "int"),
    )
    states = _node("UIElements", _node("States", state, replace=False), replace=False)
    return _registry("CalcWindowState", states, package="org.openoffice.Office.UI")


def _entries(*, tools: bool = False) -> list[str]:
    entries: list[str] = []
    for group in GROUPS:
        if entries and not tools:
            entries.append(_node(f"M{len(entries):02}", _value("URL", "private:separator")))
        for entry in group:
            if tools and not entry.tool:
                continue
            entries.append(
                _node(
                    f"M{len(entries):02}",
                    _value("Context", _SHEETS),
                    _value("URL", entry.url),
                    _label(entry.label),
                    _value("Target", "_self"),
                )
            )
    return entries


def _jobs() -> str:
    service = _node("org.xlreturns.Events", _value("Service", "org.xlreturns.Events"))
    events = [
        f'<node oor:name="{event}" oor:op="fuse">'
        f"{_node('JobList', _node('org.xlreturns.Events'), replace=False)}</node>"
        for event in _EVENTS
    ]
    return _registry(
        "Jobs",
        _node("Jobs", service, replace=False),
        _node("Events", *events, replace=False),
    )


def _registry(name: str, *inside: str, package: str = "org.openoffice.Office") -> str:
    head = f'<oor:component-data {_REGISTRY} oor:name="{name}" oor:package="{package}">'
    return _XML + _lines(head, *inside, "</oor:component-data>")


def _node(name: str, *inside: str, replace: bool = True) -> str:
    op = ' oor:op="replace"' if replace else ""
    return f"<node oor:name={quoteattr(name)}{op}>{''.join(inside)}</node>"


def _text(name: str, *sentences: str) -> str:
    """A text in English, and in Chinese where the catalogue has it."""
    chinese = "".join(text(CHINESE, sentence) for sentence in sentences)
    return _said(name, " ".join(sentences), chinese)


def _label(label: str) -> str:
    """What an entry of the menu is called."""
    return _said("Title", label, command(CHINESE, label))


def _said(name: str, english: str, chinese: str) -> str:
    said = {"en": english} if chinese == english else {"en": english, "zh-CN": chinese}
    values = (f'<value xml:lang="{tag}">{escape(words)}</value>' for tag, words in said.items())
    return f'<prop oor:name="{name}">{"".join(values)}</prop>'


def _value(name: str, value: str, kind: str = "string") -> str:
    return f'<prop oor:name="{name}" oor:type="xs:{kind}"><value>{escape(value)}</value></prop>'


def _lines(*lines: str) -> str:
    return "\n".join(lines) + "\n"
