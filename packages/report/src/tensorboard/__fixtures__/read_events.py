"""Reads a folder of event files with TensorBoard itself: prints {scalars, images, texts} by tag as JSON."""

import json
import struct
import sys

from tensorboard.backend.event_processing import event_accumulator, plugin_event_accumulator
from tensorboard.util import tensor_util

folder = sys.argv[1]
every = {"scalars": 0, "images": 0, "tensors": 0}

accumulator = event_accumulator.EventAccumulator(folder, size_guidance=every)
accumulator.Reload()
tags = accumulator.Tags()


def image(event):
    png = event.encoded_image_string
    width, height = struct.unpack(">II", png[16:24])  # PNG's IHDR
    return [event.step, event.height, event.width, height, width]


# What the program tensorboard loads: scalars, images and texts are all tensors there.
plugins = plugin_event_accumulator.EventAccumulator(folder, size_guidance=every)
plugins.Reload()


def tensors(plugin):
    content = plugins.PluginTagToContent(plugin) if plugin in plugins.ActivePlugins() else {}
    return {
        tag: [[event.step, tensor_util.make_ndarray(event.tensor_proto).tolist()] for event in plugins.Tensors(tag)]
        for tag in content
    }


def decoded(value):
    return [text.decode() for text in value]


print(
    json.dumps(
        {
            "scalars": {tag: [[e.step, e.value] for e in accumulator.Scalars(tag)] for tag in tags["scalars"]},
            "images": {tag: [image(e) for e in accumulator.Images(tag)] for tag in tags["images"]},
            "pluginScalars": tensors("scalars"),
            "pluginImages": {tag: [step for step, _ in images] for tag, images in tensors("images").items()},
            "texts": {tag: [[step, decoded(value)] for step, value in texts] for tag, texts in tensors("text").items()},
        }
    )
)
