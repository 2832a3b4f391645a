"""The kernel's messages reach the browser without waiting for one another."""

import json
from pathlib import Path
from types import SimpleNamespace

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from traitlets.utils.importstring import import_item

import dlcourse.cli
from dlcourse.cli.websocket import PromptConnection


def test_the_settings_of_the_server_name_the_connection():
    settings = Path(dlcourse.cli.__file__).with_name("jupyter") / "jupyter_server_config.json"
    name = json.loads(settings.read_text(encoding="utf-8"))["ServerApp"]["kernel_websocket_connection_class"]
    assert import_item(name) is PromptConnection


def test_messages_are_not_held_back_from_the_first_one_on(monkeypatch):
    done = []
    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda self: done.append("connected"))
    handler = SimpleNamespace(set_nodelay=lambda value: done.append(("nodelay", value)))
    monkeypatch.setattr(PromptConnection, "websocket_handler", handler)
    PromptConnection.__new__(PromptConnection).connect()
    assert done == [("nodelay", True), "connected"]
