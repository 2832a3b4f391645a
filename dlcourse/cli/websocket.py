"""How the kernel's messages travel to the browser: each of them at once."""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """JupyterLab's connection between browser and kernel, without Nagle's algorithm.

    By default TCP keeps a small message back until the one before it is acknowledged, and the receiver may take 40 ms
    for that. So the picture of a moved view would wait behind the message that the kernel is busy.
    """

    def connect(self):
        """Switch the algorithm off and connect as ever."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
