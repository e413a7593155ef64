"""Models in the window's process: the desk behind them, its page, and the offer at the first start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLocale, QObject, Signal

from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError
from penwright.storage.settings import Settings, Value
from penwright.ui.background import BackgroundWork
from penwright.ui.theme import Themes
from penwright.ui.window import DeskWindow

# What downloads needs a web client; the window opens without it.
if TYPE_CHECKING:
    from penwright.modelstore.fit import Offer
    from penwright.modelstore.store import Store
    from penwright.ui.dialogs.models import ModelsDialog
    from penwright.ui.model_desk import ModelDesk


class ModelRoom(QObject):
    """Made with the program, furnished when it is first wanted.

    chosen(Path): write with this model. line(str): how downloads stand, in a few words. offered(str): what
    to offer at the bottom of the windows; "" for nothing any more. wished(dict): settings to be kept.
    trouble(str): a sentence.
    """

    chosen = Signal(object)
    line = Signal(str)
    offered = Signal(str)
    wished = Signal(object)
    trouble = Signal(str)

    def __init__(
        self,
        open_store: Callable[[], Store],
        settings: Callable[[], Settings],
        catalogue: Catalogue,
        themes: Themes,
        *,
        gpu_memory: Callable[[], int],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._open_store = open_store
        self._settings = settings
        self._catalogue = catalogue
        self._themes = themes
        self._gpu_memory = gpu_memory
        self._loading: BackgroundWork[Any] | None = None
        self._closed = False
        self.desk: ModelDesk | None = None
        self.page: ModelsDialog | None = None
        self.offer = ""

    @property
    def considering(self) -> bool:
        """Whether what an offer needs is still being loaded."""
        return self._loading is not None

    def show(self, window: DeskWindow) -> None:
        """Show the page of models beside this window; one is enough for all."""
        from penwright.ui.dialogs.models import ModelsDialog  # noqa: PLC0415

        try:
            desk = self._furnish()
        except PenwrightError as error:
            self.trouble.emit(self._catalogue.sentence(error))
            return
        self._offer("")
        if self.page is None:
            page = self.page = ModelsDialog(desk, self._themes, self._catalogue, window)
            page.show_settings(self._settings())
            page.chosen.connect(self.chosen)
            page.wished.connect(self.wish)
            page.destroyed.connect(self._page_gone)
        self.page.show()
        self.page.activateWindow()

    def consider_offering(self) -> None:
        """Offer the models that fit this machine to who has none yet; nothing is connected to for that."""
        if self._may_offer() and self._loading is None:
            # Whoever begins to type meanwhile waits for no module.
            load = BackgroundWork(self, lambda: import_module("penwright.modelstore.store"))
            self._loading = load.success(lambda _module: self._consider()).start()

    def _consider(self) -> None:
        self._loading = None
        if self._closed or not self._may_offer():
            return
        try:
            desk = self._furnish()
        except PenwrightError:
            return  # it is told when the page is wanted
        desk.recommend_to_beginners(self._make_offer)

    def refuse(self) -> None:
        """Never offer again."""
        self.wished.emit({"offer_models": False})
        self._offer("")

    def follow_settings(self) -> None:
        """Take the offer back where the settings say so now."""
        if self.offer and not self._may_offer():
            self._offer("")

    def may_leave(self, window: DeskWindow) -> bool:
        """Ask before the last window closes while a model is being fetched."""
        if self.desk is None or not self.desk.at_work:
            return True

        def leave() -> None:
            window.may_leave = lambda: True
            window.close()

        window.notice.say(
            self.tr("A model is being fetched. It can go on where it was when you fetch it again."),
            [(self.tr("&Pause It and Close"), leave)],
        )
        return False

    def close(self) -> None:
        """Pause the downloads and wait for what is under way."""
        self._closed = True
        if self._loading is not None:
            self._loading.wait()
        if self.desk is not None:
            self.desk.close()

    def _furnish(self) -> ModelDesk:
        if self.desk is None:
            from penwright.ui.model_desk import ModelDesk  # noqa: PLC0415

            desk = ModelDesk(self._open_store(), self._catalogue, self._gpu_memory, self)
            desk.line.connect(self.line)
            self.desk = desk
        return self.desk

    def wish(self, name: str, value: Value) -> None:
        """Follow a setting that was entered, and have it kept; one that can't be is told."""
        try:
            self._furnish().follow(replace(self._settings(), **{name: value}))  # type: ignore[arg-type]
        except PenwrightError as error:
            told = self.trouble if self.page is None or self.desk is None else self.desk.trouble
            told.emit(self._catalogue.sentence(error))
        else:
            self.wished.emit({name: value})
        if self.page is not None:
            self.page.show_settings(self._settings())

    def _page_gone(self) -> None:
        self.page = None

    def _may_offer(self) -> bool:
        settings = self._settings()
        return settings.offer_models and settings.network != "off" and settings.model is None

    def _make_offer(self, best: tuple[Offer, ...]) -> None:
        if not best or not self._may_offer() or self.page is not None:
            return
        each = [self._named(offer) for offer in best]
        if len(each) == 1:
            self._offer(self.tr("There is a stronger model for this machine: {0}.").format(each[0]))
        else:
            words = self.tr("Stronger models for this machine: {0} goes on with your sentences, {1} writes.")
            self._offer(words.format(*each))

    def _named(self, offer: Offer) -> str:
        """Return its name, size and licence."""
        locale = QLocale()
        size = locale.formattedDataSize(offer.fit.files, 1, locale.DataSizeFormat.DataSizeSIFormat)
        licence = offer.entry.licence or self.tr("its licence is asked before it is fetched")
        return f"{offer.entry.title} ({size}, {licence})"

    def _offer(self, text: str) -> None:
        if text != self.offer:
            self.offer = text
            self.offered.emit(text)
