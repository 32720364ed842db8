"""The language of what is said inside LibreOffice: the workbook's, else LibreOffice's own."""

from __future__ import annotations

import json
from typing import Any

import uno

from .document import Document
from .state import FOLDER
from .words import LANGUAGE, Failed

ENGLISH, CHINESE = "en", "zh"
_CHINESE = json.loads((FOLDER / "words.json").read_text("utf-8"))
"""The Chinese of each sentence."""
_SETTINGS = "Settings"
_LANGUAGES = "/org.openoffice.Setup/L10N"


def said(language: str, sentence: str, **values: Any) -> str:
    """A sentence in a language, its blanks filled."""
    text = _CHINESE.get(sentence, sentence) if language == CHINESE else sentence
    return str(text.format(**values) if values else text)


def why(language: str, failed: Failed) -> str:
    """What went wrong, in a language."""
    return said(language, failed.sentence, **failed.values)


def language_of(port: Document) -> str:
    """The language that a document's Settings name; LibreOffice's own where they name none."""
    area = port.tables().get(_SETTINGS)
    for name, value, *_ in port.values(area) if area else ():
        if name in (LANGUAGE, _CHINESE[LANGUAGE]) and value in (ENGLISH, CHINESE):
            return str(value)
    return _own()


def _own() -> str:
    """The language of LibreOffice's menus."""
    context: Any = uno.getComponentContext()
    provider = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.configuration.ConfigurationProvider", context
    )
    at: Any = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
    at.Name, at.Value = "nodepath", _LANGUAGES
    access = provider.createInstanceWithArguments(
        "com.sun.star.configuration.ConfigurationAccess", (at,)
    )
    return CHINESE if str(access.getByName("ooLocale")).startswith(CHINESE) else ENGLISH
