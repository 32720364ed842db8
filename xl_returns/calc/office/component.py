"""The UNO components: worksheet functions, the job of events, and the commands of the menu."""

from __future__ import annotations

import unohelper

from .commands import DESK, Desk
from .events import EVENTS, Events
from .functions import FUNCTIONS, Functions

g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816 - the loader's name for it
g_ImplementationHelper.addImplementation(Functions, FUNCTIONS, (FUNCTIONS,))
g_ImplementationHelper.addImplementation(Events, EVENTS, (EVENTS,))
g_ImplementationHelper.addImplementation(Desk, DESK, (DESK,))
